import { Button, Dropdown } from "antd";
import { ListFilter, X } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import type { Filter, Screen, Spec, Value } from "../api/types";
import { Dialog } from "../app/Dialog";
import { isReference, labelOf, nameOf, readText, type Env } from "../fields/kits";
import { useChoices } from "../grid/useChoices";
import { isRange, without } from "./listState";
import { StateIcon } from "./StateChip";

type Props = { screen: Screen; env: Env; filter: Filter; onChange: (filter: Filter) => void };

/** Names of references that were chosen here; an address alone knows only their ids. */
const names = new Map<string, string>();

export function FilterBar({ screen, env, filter, onChange }: Props) {
  const [open, setOpen] = useState<string | null>(null);
  const { t } = env;
  const free = screen.listing.filters.filter((path) => screen.fields[path] && !(path in filter));
  const spec = open ? screen.fields[open] : undefined;
  return (
    <>
      {Object.entries(filter).map(([path, value]) => {
        const field = screen.fields[path];
        return field && (
          <span key={path} className="hy-filter">
            <button type="button" onClick={() => setOpen(path)}><span>{labelOf(field, env)}</span> <b>{summary(field, value, env)}</b></button>
            <button type="button" aria-label={t("ui.filter.remove", { label: labelOf(field, env) })} onClick={() => onChange(without(filter, path))}><X size={12} /></button>
          </span>
        );
      })}
      {free.length > 0 && (
        <Dropdown trigger={["click"]} menu={{ items: free.map((path) => ({ key: path, label: labelOf(screen.fields[path]!, env) })), onClick: ({ key }) => setOpen(key) }}>
          <Button type="text" size="small" icon={<ListFilter size={14} />}>{t("ui.filter")}</Button>
        </Dropdown>
      )}
      {spec && <FilterDialog spec={spec} env={env} value={filter[spec.path]} onClose={() => setOpen(null)} onDone={(value) => { setOpen(null); onChange(value === undefined ? without(filter, spec.path) : { ...filter, [spec.path]: value }); }} />}
    </>
  );
}

function summary(spec: Spec, value: Filter[string], env: Env) {
  const one = (v: string | number | boolean): string => {
    if (spec.kind === "state") return env.t(`state.${v}`);
    if (spec.kind === "reference") return names.get(`${spec.lookup}:${v}`) ?? `#${v}`;
    if (spec.kind === "boolean") return env.t(v === true || v === "true" ? "ui.yes" : "ui.no");
    const choice = spec.choices?.find((c) => c.value === v);
    return choice ? env.t(choice.label) : String(v);
  };
  if (isRange(value)) return value.from && value.to ? `${value.from} \u2013 ${value.to}` : value.from ? `\u2265 ${value.from}` : `\u2264 ${value.to ?? ""}`;
  const list = Array.isArray(value) ? (value as (string | number | boolean)[]) : [value as string];
  return (
    <>
      {spec.kind === "state" && list.slice(0, 3).map((s) => <StateIcon key={String(s)} state={String(s)} size={12} />)}
      {list.length > 2 ? `${one(list[0]!)} +${list.length - 1}` : list.map(one).join(", ")}
    </>
  );
}

type DialogProps = { spec: Spec; env: Env; value: Filter[string] | undefined; onClose: () => void; onDone: (value: Filter[string] | undefined) => void };
function FilterDialog({ spec, env, value, onClose, onDone }: DialogProps) {
  const { t } = env;
  const options = useMemo(() => {
    if (spec.kind === "boolean") return [{ value: "true", label: t("ui.yes") }, { value: "false", label: t("ui.no") }];
    const known = spec.choices?.length ? spec.choices.map((c) => c.value) : spec.kind === "state" ? ["draft", "submitted", "approved", "posted", "closed", "reversed", "cancelled"] : null;
    return known?.map((v) => ({ value: v, label: spec.kind === "state" ? t(`state.${v}`) : t(spec.choices?.find((c) => c.value === v)?.label ?? v) })) ?? null;
  }, [spec, t]);
  const range = value !== undefined && isRange(value) ? value : {};
  const [picked, setPicked] = useState<readonly (string | number | boolean)[]>(Array.isArray(value) ? (value as (string | number)[]) : value === undefined || isRange(value) ? [] : [value as string]);
  const [from, setFrom] = useState(range.from ?? "");
  const [to, setTo] = useState(range.to ?? "");
  const ranged = ["date", "instant", "money", "quantity", "price", "rate", "integer"].includes(spec.kind);
  const done = () => {
    if (ranged) {
      const read = (text: string) => { const v = readText(text, spec.kind === "instant" ? { ...spec, kind: "date" } : spec, env, null); return typeof v === "string" ? v : undefined; };
      const [a, b] = [read(from), read(to)];
      return onDone(a || b ? { ...(a ? { from: a } : {}), ...(b ? { to: b } : {}) } : undefined);
    }
    if (spec.kind === "boolean") return onDone(picked.length === 1 ? [String(picked[0]) === "true"] : undefined);
    onDone(picked.length ? picked : undefined);
  };
  const label = labelOf(spec, env);
  return (
    <Dialog title={label} onClose={onClose} width={380} footer={<><Button onClick={onClose}>{t("ui.cancel")}</Button><Button type="primary" onClick={done}>{t("ui.filter.apply")}</Button></>}>
      <form className="hy-filter-form" onSubmit={(e) => { e.preventDefault(); done(); }}>
        {options?.map((o) => (
          <label key={o.value} className="hy-option"><input type="checkbox" className="hy-check" checked={picked.map(String).includes(o.value)} onChange={(e) => setPicked(e.target.checked ? [...picked, o.value] : picked.filter((p) => String(p) !== o.value))} />{spec.kind === "state" && <StateIcon state={o.value} />}{o.label}</label>
        ))}
        {ranged && (
          <>
            <label className="hy-line-field"><span>{t("ui.from")}</span><input autoFocus value={from} onChange={(e) => setFrom(e.target.value)} className="hy-text-input num" /></label>
            <label className="hy-line-field"><span>{t("ui.to")}</span><input value={to} onChange={(e) => setTo(e.target.value)} className="hy-text-input num" /></label>
          </>
        )}
        {spec.kind === "reference" && <ReferencePicker spec={spec} env={env} picked={picked as number[]} onChange={setPicked} />}
        {!options && !ranged && spec.kind !== "reference" && <input autoFocus className="hy-text-input" aria-label={label} value={String(picked[0] ?? "")} onChange={(e) => setPicked(e.target.value ? [e.target.value] : [])} />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

function ReferencePicker({ spec, env, picked, onChange }: { spec: Spec; env: Env; picked: readonly number[]; onChange: (ids: readonly number[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const lookup = useMemo(() => async (text: string, signal?: AbortSignal) => (await env.search(spec.lookup ?? "", text, signal)).map((r) => ({ key: String(r.id), code: r.code, label: nameOf(r.name, env.language), hint: "", value: r })), [spec, env]);
  const list = useChoices(lookup, true);
  const take = (value: Value) => {
    if (!isReference(value)) return;
    names.set(`${spec.lookup}:${value.id}`, nameOf(value.name, env.language) || value.code);
    onChange([...new Set([...picked, value.id])]);
    list.close();
    if (input.current) input.current.value = "";
  };
  return (
    <>
      <input ref={input} autoFocus className="hy-text-input" aria-label={labelOf(spec, env)} onChange={(e) => list.ask(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); if (list.choices.length) list.step(e.key === "ArrowDown" ? 1 : -1); else list.ask("", true); }
          else if (e.key === "Enter" && list.hit()) { e.preventDefault(); take(list.hit()!.value as Value); }
        }} />
      {list.choices.length > 0 && <ul className="hy-picker" role="listbox" aria-label={labelOf(spec, env)}>{list.choices.map((c, i) => <li key={c.key} role="option" aria-selected={i === list.at} onMouseDown={(e) => { e.preventDefault(); take(c.value as Value); }}><b>{c.code}</b><span>{c.label}</span></li>)}</ul>}
      <span className="hy-picked">{picked.map((id) => <span key={id} className="hy-filter"><button type="button" onClick={() => onChange(picked.filter((p) => p !== id))}>{names.get(`${spec.lookup}:${id}`) ?? `#${id}`} <X size={12} /></button></span>)}</span>
    </>
  );
}
