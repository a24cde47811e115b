import type { LinesSpec, Reference, Spec, Value, Values } from "../api/types";
import * as decimal from "../fields/decimal";
import { isEmpty, isReference, isTyped, kitOf, labelOf, nameOf, readText, type Env } from "../fields/kits";
import type { Column } from "../grid/types";

/** A line being worked on: `key` names it in this browser, `id` on the server. */
export type DraftLine = { readonly key: string; readonly id: number | null; readonly values: Values };

const withValue = (line: DraftLine, path: string, value: Value): DraftLine => ({ ...line, values: { ...line.values, [path]: value } });

/** Why a text cannot be read, in words that say what can. */
export const unreadable = (spec: Spec, text: string, env: Env): string => env.t(`ui.unreadable.${spec.kind in reasons ? spec.kind : "value"}`, { text, label: labelOf(spec, env), decimals: spec.decimals ?? 6, length: spec.max_length ?? 0 });
const reasons = { text: 1, longtext: 1, integer: 1, quantity: 1, money: 1, price: 1, rate: 1, date: 1, choice: 1, boolean: 1 };

function ReferencePicture({ value, env }: { value: Value; env: Env }) {
  if (!isReference(value)) return <span />;
  const name = nameOf(value.name, env.language);
  return <span title={name} data-unknown={isTyped(value) || undefined}><span className="hy-code">{value.code}</span>{name}</span>;
}

const sums = new Set(["quantity", "money"]);
/** Units, lots and the like are short; the column a line starts with carries code and name and takes the room that is left. */
function widthOf(spec: Spec, leading: boolean, label: string): number {
  if (leading) return 280;
  const title = [...label].reduce((n, c) => n + (c.charCodeAt(0) > 0x2e7f ? 12 : 6.8), 0) + 30;
  const own = spec.kind === "reference" ? (spec.path === "unit" || spec.path.endsWith(".unit") ? 64 : 120) : kitOf(spec).width;
  return Math.max(own, Math.min(title, 150));
}

export function lineColumns(lines: LinesSpec, env: Env): Column<DraftLine>[] {
  return lines.columns.flatMap((path) => {
    const spec = lines.fields[path];
    if (!spec) return [];
    const kit = kitOf(spec);
    const leading = path === lines.enter;
    const value = (line: DraftLine): Value => line.values[path];
    const title = labelOf(spec, env);
    const column: Column<DraftLine> = {
      id: path, title, align: kit.align, edit: spec.edit === "never" ? "never" : "always", required: spec.required,
      filled: spec.kind === "reference" || spec.kind === "choice", width: widthOf(spec, leading, title), frozen: leading, grow: leading,
      show: (line) => kit.show(value(line), spec, env, line.values),
      raw: (line) => kit.raw(value(line), spec, env),
      isEmpty: (line) => isEmpty(value(line)),
      refuse: (text) => unreadable(spec, text, env),
      parse: (text, line) => {
        const read = readText(text, spec, env, value(line));
        return read === undefined ? undefined : withValue(line, path, read);
      },
    };
    if (spec.kind === "reference" && leading) column.render = (line) => <ReferencePicture value={value(line)} env={env} />;
    if (spec.kind === "reference" && !leading) column.show = (line) => {
      const v = value(line);
      return isReference(v) ? (spec.path === "unit" ? nameOf(v.name, env.language) || v.code : v.code) : "";
    };
    if (kit.choices && column.edit !== "never") {
      const { choices } = kit;
      column.lookup = (text, signal) => choices(text, spec, env, signal);
      column.take = (choice, line) => withValue(line, path, choice.value as Value);
    }
    if (sums.has(spec.kind)) column.sum = (rows) => {
      const found = rows.map((r) => r.values[path]).filter((v): v is string => typeof v === "string" && decimal.isDecimal(v));
      return found.length ? kit.show(decimal.add(found), spec, env) : "";
    };
    return [column];
  });
}

/** Scanner: one more of what the line already holds. */
export function scanRules(lines: LinesSpec): { raise: (line: DraftLine) => DraftLine; holds: (line: DraftLine, text: string) => boolean } {
  const quantity = lines.columns.find((c) => lines.fields[c]?.kind === "quantity" && lines.fields[c]?.edit !== "never");
  return {
    raise: (line) => {
      const now = quantity && line.values[quantity];
      return quantity ? withValue(line, quantity, typeof now === "string" ? decimal.add([now, "1"]) : "1") : line;
    },
    holds: (line, text) => {
      const v = line.values[lines.enter];
      const low = text.toLowerCase();
      return isReference(v) && (v.code.toLowerCase() === low || (v as Reference & { typed?: string }).typed?.toLowerCase() === low || String(v.barcode ?? "").toLowerCase() === low);
    },
  };
}
