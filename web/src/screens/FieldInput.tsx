import { ChevronDown } from "lucide-react";
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { Spec, Value } from "../api/types";
import { isEmpty, isReference, isTyped, kitOf, nameOf, readText, referenceText, type Env } from "../fields/kits";
import { ChoiceList } from "../grid/ChoiceList";
import type { Choice } from "../grid/types";
import { useChoices } from "../grid/useChoices";
import { unreadable } from "./columns";

type Props = {
  id: string;
  spec: Spec;
  label: string;
  value: Value;
  env: Env;
  problem: string | null;
  tone: "danger" | "attention" | null;
  disabled?: boolean;
  onChange: (value: Value) => void;
};

/** A field of a form: text is read when the field is left or Enter is pressed, and Enter goes on to the next field. */
export function FieldInput({ id, spec, label, value, env, problem, tone, disabled = false, onChange }: Props) {
  const kit = kitOf(spec);
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [editing, setEditing] = useState(false);
  const listId = useId();
  const shown = spec.kind === "reference" ? referenceText(value, env.language) : kit.show(value, spec, env);
  const lookup = useMemo(() => {
    const { choices } = kit;
    return choices && ((text: string, signal?: AbortSignal) => choices(text, spec, env, signal));
  }, [kit, spec, env]);
  const list = useChoices(lookup, editing);
  // What the server fills in appears at once, but never under the fingers of the person.
  useEffect(() => {
    if (input.current && !editing) input.current.value = shown;
  }, [shown, editing]);
  const commit = (chosen?: Choice): boolean => {
    const text = input.current?.value ?? "";
    list.close();
    if (chosen) {
      onChange(chosen.value as Value);
      if (input.current) input.current.value = isReference(chosen.value as Value) ? referenceText(chosen.value as Value, env.language) : chosen.code;
    } else if (text !== shown && text !== kit.raw(value, spec, env)) {
      const read = readText(text, spec, env, value);
      if (read === undefined) {
        setRefused(unreadable(spec, text, env));
        return false;
      }
      onChange(read);
    }
    setRefused(null);
    return true;
  };
  const next = (back: boolean) => {
    const form = input.current?.closest("[data-walk]");
    const stops = [...(form?.querySelectorAll<HTMLElement>("input:not([readonly]):not([disabled]), textarea, [role=combobox], [data-walk-stop] input") ?? [])].filter((el, i, all) => all.indexOf(el) === i);
    const at = stops.indexOf(input.current as HTMLElement);
    const to = stops[at + (back ? -1 : 1)] ?? (back ? undefined : form?.parentElement?.querySelector<HTMLElement>(".hy-lines .hy-input"));
    to?.focus();
  };
  const onKeyDown = (e: KeyboardEvent<HTMLElement>) => {
    if (e.nativeEvent.isComposing || e.keyCode === 229) return;
    const open = list.choices.length > 0;
    if (lookup && !open && ((e.altKey && e.key === "ArrowDown") || e.key === "F4")) {
      e.preventDefault();
      list.ask("", true);
    } else if (open && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      e.preventDefault();
      list.step(e.key === "ArrowDown" ? 1 : -1);
    } else if (e.key === "Enter" && !e.ctrlKey && !e.metaKey && !(spec.kind === "longtext" && e.shiftKey)) {
      e.preventDefault();
      if (commit(open ? list.hit() : undefined)) next(e.shiftKey);
    } else if (e.key === "Enter") commit(open ? list.hit() : undefined);
    else if (e.key === "Tab" && open) commit(list.hit());
    else if (e.key === "Escape" && (open || editing)) {
      e.stopPropagation();
      if (open) return list.close();
      if (input.current) input.current.value = shown;
      setRefused(null);
      input.current?.select();
    } else if (e.key.toLowerCase() === "s" && (e.ctrlKey || e.metaKey)) commit(open ? list.hit() : undefined);
  };
  const said = refused ?? problem;
  const shared = {
    id, ref: input, "aria-label": label, "aria-required": spec.required || undefined, "aria-invalid": said ? true : undefined, "aria-describedby": said ? `${id}-why` : undefined, disabled,
    autoComplete: "off", spellCheck: false, onKeyDown, defaultValue: shown, className: "hy-field-input",
    onFocus: () => { setEditing(true); input.current?.select(); },
    onBlur: () => { commit(); setEditing(false); },
  } as const;
  if (spec.kind === "boolean") return (
    <span className="hy-field" data-walk-stop>
      <input id={id} type="checkbox" className="hy-check" checked={value === true} disabled={disabled} aria-label={label} onChange={(e) => onChange(e.target.checked)} />
    </span>
  );
  return (
    <span className="hy-field" data-align={kit.align} data-tone={refused ? "danger" : (tone ?? undefined)} data-unknown={isTyped(value) || undefined}>
      {spec.kind === "longtext" ? <textarea {...shared} rows={1} /> : (
        <input
          {...shared}
          inputMode={kit.align === "end" ? "decimal" : undefined}
          {...(lookup ? { role: "combobox", "aria-expanded": list.choices.length > 0, "aria-controls": list.choices.length ? listId : undefined, "aria-autocomplete": "list" as const, "aria-activedescendant": list.choices.length ? `${listId}-${list.at}` : undefined } : {})}
          onCompositionEnd={(e) => list.ask(e.currentTarget.value)} onInput={(e) => { setRefused(null); if (!(e.nativeEvent as InputEvent).isComposing) list.ask(e.currentTarget.value); }}
        />
      )}
      {lookup && <ChevronDown size={13} className="hy-field-open" aria-hidden onMouseDown={(e) => { e.preventDefault(); input.current?.focus(); list.ask("", true); }} />}
      {list.choices.length > 0 && input.current && <ChoiceList id={listId} anchor={input.current} label={label} choices={list.choices} at={list.at} onTake={(c) => commit(c)} />}
      {said && <span id={`${id}-why`} className="hy-field-why" data-floating={editing || undefined} role={refused ? "alert" : undefined}>{said}</span>}
    </span>
  );
}
export const shownName = (value: Value, env: Env): string => (isReference(value) ? nameOf(value.name, env.language) || value.code : isEmpty(value) ? "" : String(value));
