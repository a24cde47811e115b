/** One kit for each kind of field: how a value is shown, typed, pasted, compared and sent. The table is total by type. */
import type { Choice } from "../grid/types";
import type { Translate, Language } from "../messages/text";
import type { Kind, Localized, Reference, Spec, Value, Values } from "../api/types";
import { parseDate, instant } from "./date";
import * as decimal from "./decimal";

/** What showing and reading depend on besides the value. */
export type Env = {
  t: Translate;
  language: Language;
  /** The business day of the company. */
  today: string;
  zone: string;
  /** Decimals of the company's currency. */
  money: number;
  search: (lookup: string, text: string, signal?: AbortSignal) => Promise<readonly Reference[]>;
};
export type Kit = {
  align: "start" | "end";
  width: number;
  show: (value: Value, spec: Spec, env: Env, beside?: Values) => string;
  /** What the editor starts with and the clipboard carries. */
  raw: (value: Value, spec: Spec, env: Env) => string;
  /** undefined: this text cannot be read. Empty text is handled before: it is null. */
  parse: (text: string, spec: Spec, env: Env) => Value | undefined;
  choices?: (text: string, spec: Spec, env: Env, signal?: AbortSignal) => Promise<readonly Choice[]>;
};

/** A reference typed or pasted as text and not yet known by the server: `typed` holds the text, `id` is 0. */
export type Typed = Reference & { typed: string; unknown?: boolean };
export const isReference = (value: Value): value is Reference => typeof value === "object" && value !== null && "code" in value;
export const isTyped = (value: Value): value is Typed => isReference(value) && value.id === 0;
export const typed = (text: string): Typed => ({ id: 0, code: text, name: "", typed: text });
export const isEmpty = (value: Value): boolean => value === null || value === undefined || value === "";

export function same(a: Value, b: Value): boolean {
  if (a === b || (isEmpty(a) && isEmpty(b))) return true;
  if (typeof a === "string" && typeof b === "string") return decimal.isDecimal(a) && decimal.isDecimal(b) && decimal.sameDecimal(a, b);
  if (isReference(a) && isReference(b)) return a.id === b.id && a.code === b.code;
  return JSON.stringify(a) === JSON.stringify(b);
}
/** As the server takes it: references by id; what is not understood yet is not sent. */
export function wire(value: Value): Value {
  if (isReference(value)) return value.id || null;
  return value === undefined ? null : value;
}

const text = (value: Value): string => (typeof value === "string" ? value : value === null || value === undefined ? "" : String(value));
const plain: Kit = { align: "start", width: 140, show: text, raw: text, parse: (typedText, spec) => (spec.max_length && typedText.length > spec.max_length ? undefined : typedText) };

const number = (width: number, least: (env: Env) => number, most: (spec: Spec, env: Env) => number): Kit => ({
  align: "end", width,
  show: (value, spec, env) => (isEmpty(value) ? "" : decimal.show(text(value), Math.min(least(env), most(spec, env)), most(spec, env))),
  raw: (value) => (isEmpty(value) ? "" : decimal.edit(text(value))),
  parse: (typedText, spec, env) => {
    const found = decimal.parse(typedText);
    if (found === null || decimal.decimalsOf(found) > most(spec, env)) return undefined;
    if (spec.sign && spec.sign !== "any" && (found.startsWith("-") || (spec.sign === "positive" && found === "0"))) return undefined;
    return found;
  },
});

const boolean: Kit = {
  align: "start", width: 72,
  show: (value, _spec, env) => (value === true ? env.t("ui.yes") : value === false ? env.t("ui.no") : ""),
  raw: (value, _spec, env) => (value === true ? env.t("ui.yes") : value === false ? env.t("ui.no") : ""),
  parse: (typedText, _spec, env) => {
    const low = typedText.trim().toLowerCase();
    if ([env.t("ui.yes").toLowerCase(), "y", "yes", "true", "1"].includes(low)) return true;
    if ([env.t("ui.no").toLowerCase(), "n", "no", "false", "0"].includes(low)) return false;
    return undefined;
  },
  choices: async (_text, _spec, env) => [
    { key: "true", code: env.t("ui.yes"), label: "", hint: "", value: true },
    { key: "false", code: env.t("ui.no"), label: "", hint: "", value: false },
  ],
};

const optionLabel = (value: Value, spec: Spec, env: Env): string => {
  const option = spec.choices?.find((c) => c.value === value);
  return option ? env.t(option.label) : text(value);
};
const choice: Kit = {
  align: "start", width: 112, show: optionLabel, raw: optionLabel,
  parse: (typedText, spec, env) => {
    const low = typedText.trim().toLowerCase();
    const options = spec.choices ?? [];
    const exact = options.find((c) => c.value.toLowerCase() === low || env.t(c.label).toLowerCase() === low);
    const starts = options.filter((c) => env.t(c.label).toLowerCase().startsWith(low));
    return exact?.value ?? (starts.length === 1 ? starts[0]!.value : undefined);
  },
  choices: async (typedText, spec, env) => {
    const low = typedText.trim().toLowerCase();
    const all = (spec.choices ?? []).map((c) => ({ key: c.value, code: env.t(c.label), label: "", hint: "", value: c.value }));
    const hits = all.filter((c) => c.code.toLowerCase().includes(low));
    return hits.length ? hits : all;
  },
};

/** A name may be one text or one per language; the reader's comes first. */
export function nameOf(value: unknown, language: Language): string {
  if (typeof value === "string") return value;
  if (!value || typeof value !== "object") return "";
  const names = value as Localized;
  return names[language] ?? names.zh_hant ?? names.zh_hans ?? names.en ?? "";
}
const referenceText = (value: Value, language: Language): string => {
  if (!isReference(value)) return text(value);
  const name = nameOf(value.name, language);
  return name && name !== value.code ? `${value.code} ${name}`.trim() : value.code;
};
const reference: Kit = {
  align: "start", width: 160,
  show: (value, _spec, env) => (isReference(value) ? nameOf(value.name, env.language) || value.code : text(value)),
  raw: (value) => (isReference(value) ? value.code : ""),
  parse: (typedText) => typed(typedText.trim()),
  choices: async (typedText, spec, env, signal) =>
    spec.lookup
      ? (await env.search(spec.lookup, typedText, signal)).map((r) => ({ key: String(r.id), code: r.code, label: nameOf(r.name, env.language) === r.code ? "" : nameOf(r.name, env.language), hint: text(r.hint as Value), value: r }))
      : [],
};

export const kits = {
  text: plain,
  longtext: { ...plain, width: 240 },
  integer: number(80, () => 0, () => 0),
  quantity: number(92, () => 0, (spec) => spec.decimals ?? 6),
  money: number(124, (env) => env.money, (spec, env) => Math.max(spec.decimals ?? 2, env.money)),
  price: number(104, () => 2, (spec) => spec.decimals ?? 8),
  rate: number(84, () => 0, (spec) => spec.decimals ?? 6),
  date: { align: "start", width: 108, show: text, raw: text, parse: (typedText, _spec, env) => parseDate(typedText, env.today) ?? undefined },
  instant: { align: "start", width: 140, show: (value, _spec, env) => (value ? instant(text(value), env.zone) : ""), raw: text, parse: () => undefined },
  boolean,
  choice,
  reference,
  state: { ...choice, width: 116, show: (value, _spec, env) => (value ? env.t(`state.${text(value)}`) : "") },
  localized: {
    align: "start", width: 180,
    show: (value, _spec, env) => nameOf(value, env.language),
    raw: (value, _spec, env) => nameOf(value, env.language),
    parse: (typedText, _spec, env) => ({ [env.language]: typedText }),
  },
  list: { align: "start", width: 160, show: (value) => (Array.isArray(value) ? value.join(", ") : text(value)), raw: (value) => (Array.isArray(value) ? value.join(", ") : text(value)), parse: (typedText) => typedText.split(/[,\u3001\uff0c]/).map((s) => s.trim()).filter(Boolean) },
} satisfies Readonly<Record<Kind, Kit>>;

/** A kind this release does not know is shown as it came and never written. */
export const kitOf = (spec: Spec): Kit => (kits as Readonly<Record<string, Kit>>)[spec.kind] ?? { ...plain, parse: () => undefined };
export const known = (spec: Spec): boolean => spec.kind in kits;
export { referenceText };

/** Reads typed or pasted text. Localized values keep their other languages. */
export function readText(typedText: string, spec: Spec, env: Env, before: Value): Value | undefined {
  if (typedText.trim() === "") return spec.kind === "text" || spec.kind === "longtext" ? "" : null;
  const found = kitOf(spec).parse(typedText, spec, env);
  return spec.kind === "localized" && found && typeof before === "object" ? { ...(before as Localized), ...(found as Localized) } : found;
}
export const labelOf = (spec: Spec, env: Pick<Env, "t" | "language">): string => (spec.texts ? nameOf(spec.texts, env.language) : env.t(spec.label));
