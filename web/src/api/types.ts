/** What travels between server and browser where the shape depends on the screen. Field values are known by their Spec. */
import type { Language } from "../messages/text";

export type Reference = { id: number; code: string; name: string; [shown: string]: unknown };
export type Localized = Partial<Record<Language, string>>;
export type Value = string | number | boolean | null | Reference | Localized | readonly string[] | undefined;
export type Values = Readonly<Record<string, Value>>;

export type Kind =
  | "text" | "longtext" | "integer" | "quantity" | "money" | "price" | "rate" | "date" | "instant"
  | "boolean" | "choice" | "reference" | "state" | "localized" | "list";
export type Spec = {
  path: string;
  kind: Kind;
  label: string;
  texts?: Localized;
  required: boolean;
  edit: "draft" | "never" | "always";
  max_length?: number | null;
  decimals?: number | null;
  sign?: "any" | "positive" | "not_negative" | string;
  choices?: readonly { value: string; label: string }[] | null;
  lookup?: string | null;
  currency_path?: string | null;
  unit_path?: string | null;
  sortable: boolean;
  filterable: boolean;
};
export type Fields = Readonly<Record<string, Spec>>;
export type Preset = { id: string; label: string; filter: Filter };
export type Listing = {
  columns: readonly string[];
  filters: readonly string[];
  search: boolean;
  presets: readonly Preset[];
  order: readonly string[];
};
export type SectionSpec = { id: string; label: string; fields: readonly string[]; show: "always" | "detail" };
export type LinesSpec = {
  path: string;
  columns: readonly string[];
  fields: Fields;
  enter: string;
  totals: readonly string[];
};
export type ActionSpec = { verb: string; label: string; key: string | null; confirm: boolean; reason: boolean };
export type Screen = {
  id: string;
  kind: "document" | "master";
  module: string;
  hash: string;
  fields: Fields;
  listing: Listing;
  sections: readonly SectionSpec[];
  lines: LinesSpec | null;
  actions: readonly ActionSpec[];
  panels: readonly string[];
  prints: readonly (string | { id: string; label: string })[];
  states: readonly string[];
  steps: readonly string[];
  can_create: boolean;
};

export type Range = { from?: string; to?: string };
export type Filter = Readonly<Record<string, readonly (string | number | boolean)[] | Range | string | number | boolean>>;
export type Row = { id: number; version: number; values: Values };
export type Page = { rows: readonly Row[]; next: string | null };
export type LineRecord = { id: number | null; key?: string | null; no?: number; values: Values };
export type RecordOf = {
  id: number | null;
  version: number;
  number: string | null;
  state: string | null;
  values: Values;
  lines: readonly LineRecord[];
  can: readonly string[];
  problems: readonly Refusal[];
};
export type Draft = { values: Values; lines: readonly { id: number | null; key: string; values: Values }[] };

export type CellAddress = { line: string | number | null; field: string | null };
export type Remedy = {
  label: string;
  action?: string;
  screen?: string | null;
  params?: Readonly<Record<string, unknown>> | null;
  set?: { line: string | number | null; field: string; value: Value } | null;
};
export type FieldConflict = { field: string; mine: Value; theirs: Value; line?: string | number | null };
export type Refusal = {
  kind: "refusal" | "warning" | "conflict" | "fault" | string;
  code: string;
  params: Readonly<Record<string, unknown>>;
  message: string;
  remedy: Remedy | null;
  override?: string | null;
  cell: CellAddress | null;
};

export type CompanyBrief = { id: number; code: string; name: string };
export type Session = {
  user: { id: number; login: string; name: string; language: Language | null; email: string };
  company: CompanyBrief & { currency: string; decimals: number; timezone: string };
  companies: readonly CompanyBrief[];
  roles: readonly string[];
  languages: readonly Language[];
  release: string;
};
export type MenuScreen = { id: string; label: string; can_create: boolean; presets: readonly Preset[] };
export type MenuModule = { module: string; label: string; groups: readonly { id: string; screens: readonly MenuScreen[] }[] };

export type LogEntry = { transition: string; actor: string; actor_name: string; at: string; reason: string; acknowledged?: readonly string[] };
export type VoucherLine = {
  account: { id?: number; code: string; name: string };
  debit: string;
  credit: string;
  purpose?: string;
  dimensions?: Readonly<Record<string, string>> | null;
  quantity?: string | null;
};
export type Voucher = { id: number; word: string; number: number | string | null; on: string; lines: readonly VoucherLine[]; reverses?: number | null };
export type Move = { voucher: number; no: number; on: string; product: Reference; lot: { id: number; code: string } | null; quantity: string; source: { id: number; code: string }; target: { id: number; code: string } };
export type Postings = { vouchers: readonly Voucher[]; moves: readonly Move[] };
