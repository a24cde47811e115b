import { Button } from "antd";
import { useState } from "react";
import type { Failure } from "../api/client";
import type { FieldConflict, RecordOf, Screen, Value, Values } from "../api/types";
import { Dialog } from "../app/Dialog";
import { isEmpty, isReference, kitOf, labelOf, nameOf, same, type Env } from "../fields/kits";

type Props = { screen: Screen; env: Env; failure: Failure; latest: RecordOf; mine: Values; onClose: () => void; onTheirs: () => void; onMerge: (keep: readonly string[]) => void };

/** Somebody was faster: both values side by side, field by field, and the person decides. */
export function ConflictDialog({ screen, env, failure, latest, mine, onClose, onTheirs, onMerge }: Props) {
  const { t } = env;
  const params = failure.refusals[0]?.params ?? {};
  const said = Array.isArray(params.fields) ? (params.fields as FieldConflict[]) : [];
  const differing: FieldConflict[] = Object.values(screen.fields)
    .filter((f) => f.edit !== "never" && f.kind !== "state" && f.path in mine && !same(mine[f.path], latest.values[f.path]))
    .map((f) => ({ field: f.path, mine: mine[f.path], theirs: latest.values[f.path] }));
  const lines = said.filter((c) => !(c.field in screen.fields));
  const [keep, setKeep] = useState<ReadonlySet<string>>(() => new Set(differing.map((c) => c.field)));
  const [keepLines, setKeepLines] = useState(true);
  const toggle = (field: string, own: boolean) => setKeep((now) => {
    const next = new Set(now);
    if (own) next.add(field);
    else next.delete(field);
    return next;
  });
  const by = typeof params.by === "string" && params.by ? params.by : t("ui.conflict.somebody");
  const text = (field: string, value: Value): string => {
    const spec = screen.fields[field];
    if (isEmpty(value)) return "\u2013";
    if (isReference(value)) return nameOf(value.name, env.language) || value.code;
    return spec ? kitOf(spec).show(value, spec, env) : String(value);
  };
  const choice = (name: string, own: boolean, onPick: (own: boolean) => void, mineText: string, theirsText: string, label: string) => (
    <fieldset key={name}>
      <legend>{label}</legend>
      {([[true, mineText], [false, theirsText]] as const).map(([isMine, value]) => (
        <label key={String(isMine)} data-on={own === isMine || undefined}><input type="radio" name={`conflict-${name}`} checked={own === isMine} onChange={() => onPick(isMine)} /><span><small>{isMine ? t("ui.conflict.mine") : by}</small><b className="num">{value}</b></span></label>
      ))}
    </fieldset>
  );
  return (
    <Dialog
      title={t("ui.conflict.title", { by })} onClose={onClose} width={600}
      footer={<><Button onClick={onTheirs}>{t("ui.conflict.theirs_all")}</Button><Button type="primary" onClick={() => onMerge([...keep, ...(keepLines && screen.lines ? ["lines"] : [])])}>{t("ui.conflict.save")}</Button></>}
    >
      <p className="hy-mute">{failure.refusals[0]?.message ?? t("ui.conflict.text")}</p>
      <div className="hy-conflict">
        {differing.map((c) => choice(c.field, keep.has(c.field), (own) => toggle(c.field, own), text(c.field, c.mine), text(c.field, c.theirs), screen.fields[c.field] ? labelOf(screen.fields[c.field]!, env) : c.field))}
        {screen.lines && (lines.length > 0 || !differing.length) && choice("lines", keepLines, setKeepLines, t("ui.conflict.my_lines"), t("ui.conflict.their_lines", { n: latest.lines.length }), t("ui.lines"))}
      </div>
    </Dialog>
  );
}
