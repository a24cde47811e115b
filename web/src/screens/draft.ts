/** One record being worked on: what the server has, what the person typed, what the server makes of it. */
import * as calls from "../api/calls";
import { newKey, type Failure } from "../api/client";
import type { Draft, Refusal, RecordOf, Reference, Screen, Value, Values } from "../api/types";
import { forget, keep, stored } from "../app/store";
import { isEmpty, isTyped, same, typed, wire, type Env, type Typed } from "../fields/kits";
import { GridSession } from "../grid/session";
import type { Problem } from "../grid/types";
import { lineColumns, scanRules, type DraftLine } from "./columns";

const PREVIEW_AFTER = 150;
const UNFINISHED = new Set(["platform.value_missing", "platform.lines_missing"]);
type Kept = { version: number; values: Values; lines: readonly DraftLine[]; at: string };
export type Saved = { ok: true; record: RecordOf } | Failure;

export class DraftStore {
  readonly screen: Screen;
  readonly grid: GridSession<DraftLine> | null;
  base: RecordOf;
  values: Values;
  dirty = false;
  computing = false;
  /** When this browser last kept the work, ISO; null when there is nothing to keep. */
  keptAt: string | null = null;
  restored = false;
  /** Refusals of the last preview or act, head and lines together. */
  refusals: readonly Refusal[] = [];
  fault: Failure | null = null;
  /** Whether the person has tried to go on: before that, what is not filled in yet is no mistake. */
  asked = false;
  private env: Env;
  private readonly name: string;
  private readonly listeners = new Set<() => void>();
  private revision = 0;
  private tick = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private keeping: ReturnType<typeof setTimeout> | undefined;
  private flight: AbortController | undefined;
  private intents = new Map<string, { digest: string; key: string }>();

  /** @param name Where this browser keeps the work ("draft.3.1.purchase.receipt.17"). */
  constructor(screen: Screen, base: RecordOf, env: Env, name: string) {
    this.screen = screen;
    this.base = base;
    this.env = env;
    this.name = name;
    this.values = base.values;
    this.refusals = base.problems ?? [];
    const kept = this.editable ? stored<Kept | null>(`draft.${name}`, null) : null;
    let lines = base.lines.map(asLine);
    if (kept) {
      this.values = { ...base.values, ...kept.values };
      this.base = { ...base, version: kept.version };
      lines = [...kept.lines];
      this.dirty = true;
      this.restored = true;
      this.keptAt = kept.at;
    }
    this.grid = screen.lines
      ? new GridSession<DraftLine>({
          columns: lineColumns(screen.lines, env), rows: lines, enter: screen.lines.enter, locked: !this.editable,
          empty: () => ({ key: newKey().slice(0, 8), id: null, values: {} }),
          changed: () => this.changed(),
          ...scanRules(screen.lines),
        })
      : null;
    this.showProblems();
    if (kept) this.plan();
  }
  get isNew(): boolean {
    return this.base.id === null;
  }
  get editable(): boolean {
    const { state, can, id } = this.base;
    if (id === null) return this.screen.can_create;
    return (state === null || state === "draft" || this.screen.kind === "master") && (can.includes("edit") || can.includes("save"));
  }
  subscribe = (fn: () => void): (() => void) => {
    this.listeners.add(fn);
    return () => this.listeners.delete(fn);
  };
  version = (): number => this.tick;
  private emit(): void {
    this.tick++;
    for (const fn of this.listeners) fn();
  }
  /** A new language draws the same work again. */
  speak(env: Env): void {
    this.env = env;
    if (this.grid && this.screen.lines) this.grid.columns = lineColumns(this.screen.lines, env);
    this.showProblems();
    this.grid?.emit();
    this.emit();
  }
  set(path: string, value: Value): void {
    if (same(this.values[path], value)) return;
    this.values = { ...this.values, [path]: value };
    this.refusals = this.refusals.filter((r) => r.cell?.line != null || r.cell?.field !== path);
    this.changed();
  }
  /** What a remedy writes: a cell of a line, or a field of the head. */
  put(line: string | number | null, field: string, value: Value): void {
    if (line === null) return this.set(field, value);
    const row = this.rowOf(line);
    if (row) this.grid?.put(row.key, (r) => ({ ...r, values: { ...r.values, [field]: value } }));
  }
  rowOf(line: string | number): DraftLine | undefined {
    return this.grid?.rows.find((r) => r.key === String(line) || (r.id !== null && String(r.id) === String(line)));
  }
  lineNumber(line: string | number): number {
    const row = this.rowOf(line);
    return row ? (this.grid?.rows.indexOf(row) ?? -1) + 1 : 0;
  }
  private changed(): void {
    this.dirty = true;
    this.revision++;
    this.fault = null;
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keepNow(), 300);
    this.plan();
    this.emit();
  }
  keepNow(): void {
    clearTimeout(this.keeping);
    if (!this.dirty) return;
    this.keptAt = new Date().toISOString();
    const kept: Kept = { version: this.base.version, values: this.values, lines: this.lines(), at: this.keptAt };
    keep(`draft.${this.name}`, kept);
    this.emit();
  }
  private clean(): void {
    clearTimeout(this.keeping);
    clearTimeout(this.timer);
    this.flight?.abort();
    forget(`draft.${this.name}`);
    this.dirty = false;
    this.restored = false;
    this.keptAt = null;
    this.computing = false;
  }
  /** Lines that say something. */
  lines(): DraftLine[] {
    const { grid } = this;
    return grid ? grid.rows.filter((r) => r.id !== null || !grid.blank(r)) : [];
  }
  draft(): Draft {
    const head = this.screen.fields;
    const values: Record<string, Value> = {};
    for (const [path, value] of Object.entries(this.values)) if (head[path]?.edit !== "never" && head[path]?.kind !== "state" && head[path]) values[path] = wire(value);
    const fields = this.screen.lines?.fields ?? {};
    return {
      values,
      lines: this.lines().map((line) => ({
        id: line.id, key: line.key,
        values: Object.fromEntries(Object.entries(line.values).filter(([path]) => fields[path] && fields[path].edit !== "never").map(([path, value]) => [path, wire(value)])),
      })),
    };
  }
  private plan(): void {
    if (!this.editable) return;
    clearTimeout(this.timer);
    this.flight?.abort();
    this.computing = true;
    this.timer = setTimeout(() => void this.preview(), PREVIEW_AFTER);
  }
  /** Asks the server what the draft comes to. An answer for an older draft is dropped. */
  async preview(): Promise<void> {
    await this.resolveTyped();
    const { revision } = this;
    const flight = new AbortController();
    this.flight = flight;
    try {
      const outcome = await calls.preview(this.screen.id, this.base.id, this.draft(), flight.signal);
      if (revision !== this.revision || flight.signal.aborted) return;
      this.computing = false;
      if (outcome.ok) this.take(outcome.data);
      else if (outcome.status === 422 || outcome.status === 409) this.refuse(outcome);
      else this.fault = outcome;
      this.grid?.merge(this.grid.rows, this.problems(), new Set());
      this.emit();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }
  private take(answer: RecordOf): void {
    this.values = over(this.values, answer.values);
    const sent = this.lines();
    const answers = new Map<string, Values>();
    answer.lines.forEach((line, i) => {
      const key = line.key ?? sent[i]?.key;
      if (key) answers.set(key, line.values);
    });
    this.refusals = this.placed(answer.problems ?? []);
    this.fault = null;
    if (this.grid) this.grid.rows = this.grid.rows.map((r) => {
      const values = answers.get(r.key);
      return values ? { ...r, values: over(r.values, values) } : r;
    });
  }
  /** Codes that were typed, pasted or scanned become references, in one question per lookup. */
  private async resolveTyped(): Promise<void> {
    const fields = this.screen.lines?.fields ?? {};
    const open = new Map<string, Set<string>>();
    const note = (lookup: string | null | undefined, value: Value) => {
      if (lookup && isTyped(value) && !value.unknown) open.set(lookup, (open.get(lookup) ?? new Set()).add(value.typed));
    };
    for (const [path, value] of Object.entries(this.values)) note(this.screen.fields[path]?.lookup, value);
    for (const line of this.grid?.rows ?? []) for (const [path, value] of Object.entries(line.values)) note(fields[path]?.lookup, value);
    if (!open.size) return;
    const known = new Map<string, Reference>();
    await Promise.all([...open].map(async ([lookup, codes]) => {
      for (const [code, found] of await this.find(lookup, [...codes])) known.set(`${lookup}\n${code}`, found);
    }));
    const settle = (lookup: string | null | undefined, value: Value): Value => {
      if (!lookup || !isTyped(value) || value.unknown) return value;
      const found = known.get(`${lookup}\n${value.typed}`);
      if (found) return { ...found, typed: value.typed };
      return open.get(lookup)?.has(value.typed) ? ({ ...typed(value.typed), unknown: true } satisfies Typed) : value;
    };
    const settled = (values: Values, of: Readonly<Record<string, { lookup?: string | null }>>): Values =>
      Object.values(values).some((v) => isTyped(v)) ? Object.fromEntries(Object.entries(values).map(([path, value]) => [path, settle(of[path]?.lookup, value)])) : values;
    this.values = settled(this.values, this.screen.fields);
    if (this.grid) {
      this.grid.rows = this.grid.rows.map((r) => {
        const values = settled(r.values, fields);
        return values === r.values ? r : { ...r, values };
      });
      this.grid.emit();
    }
  }
  private async find(lookup: string, codes: readonly string[]): Promise<Map<string, Reference>> {
    const found = new Map<string, Reference>();
    const match = (rows: readonly Reference[]) => {
      for (const code of codes) {
        const low = code.toLowerCase();
        const hit = rows.find((r) => r.code.toLowerCase() === low || String(r.barcode ?? "").toLowerCase() === low);
        if (hit && !found.has(code)) found.set(code, hit);
      }
    };
    match(await calls.lookup(lookup, { codes: codes.join(","), limit: Math.max(20, codes.length) }).catch(() => []));
    // What is no code may still mean one thing only.
    await Promise.all(codes.filter((c) => !found.has(c)).slice(0, 8).map(async (code) => {
      const rows = await this.env.search(lookup, code).catch(() => []);
      match(rows);
      if (!found.has(code) && rows.length === 1) found.set(code, rows[0]!);
    }));
    return found;
  }
  /** What is worth saying now. */
  said(): readonly Refusal[] {
    return this.asked ? this.refusals : this.refusals.filter((r) => !UNFINISHED.has(r.code));
  }
  /**
   * A refusal that names what a line is about, and no cell, stands at the quantity of that line; at the last one where
   * several lines share it, which is the one that asked for too much.
   */
  private placed(refusals: readonly Refusal[]): readonly Refusal[] {
    const { lines } = this.screen;
    const quantity = lines?.columns.find((c) => lines.fields[c]?.kind === "quantity" && lines.fields[c].edit !== "never");
    if (!lines || !quantity || !this.grid) return refusals;
    const rows = [...this.grid.rows].reverse();
    return refusals.map((r) => {
      const named = r.params[`${lines.enter}_id`];
      const row = r.cell || named == null ? undefined : rows.find((x) => (x.values[lines.enter] as Reference | null | undefined)?.id === named);
      return row ? { ...r, cell: { line: row.key, field: quantity } } : r;
    });
  }
  /** Problems of cells: codes nobody knows first, then what the server says. */
  private problems(): Problem[] {
    const { t } = this.env;
    const own = (this.grid?.rows ?? []).flatMap((r) => Object.entries(r.values).filter(([, v]) => isTyped(v) && v.unknown).map(([column, v]) => ({ rowKey: r.key, column, tone: "danger" as const, text: t("ui.reference_unknown", { text: (v as Typed).typed }) })));
    const theirs = this.said().flatMap((r) => {
      const row = r.cell?.line == null ? undefined : this.rowOf(r.cell.line);
      return row ? [{ rowKey: row.key, column: r.cell?.field ?? "", tone: r.kind === "warning" ? ("attention" as const) : ("danger" as const), text: r.message }] : [];
    });
    return [...own, ...theirs];
  }
  private showProblems(): void {
    if (this.grid) {
      this.grid.problems = this.problems();
      this.grid.emit();
    }
  }
  /** Everything that stands in the way, for the list above: where, what, and the refusal when the server said it. */
  obstacles(): { line: string | null; field: string | null; tone: "danger" | "attention"; text: string; refusal: Refusal | null }[] {
    const unknown = this.problems().filter((p) => !this.said().some((r) => r.message === p.text)).map((p) => ({ line: p.rowKey, field: p.column, tone: p.tone, text: p.text, refusal: null }));
    return [
      ...unknown,
      ...this.said().map((r) => ({ line: r.cell?.line == null ? null : (this.rowOf(r.cell.line)?.key ?? null), field: r.cell?.field ?? null, tone: r.kind === "warning" ? ("attention" as const) : ("danger" as const), text: r.message, refusal: r })),
    ];
  }
  /** Fields a person must fill and has not: shown before the server is asked. */
  missing(): { line: string | null; field: string }[] {
    const head = this.screen.sections.flatMap((s) => s.fields).filter((path) => {
      const spec = this.screen.fields[path];
      return spec?.required && spec.edit !== "never" && spec.kind !== "boolean" && isEmpty(this.values[path]);
    });
    const fields = this.screen.lines?.fields ?? {};
    const columns = (this.screen.lines?.columns ?? []).filter((path) => fields[path]?.required && fields[path].edit !== "never" && fields[path].kind !== "boolean");
    return [
      ...head.map((field) => ({ line: null, field })),
      ...this.lines().flatMap((line) => columns.filter((path) => isEmpty(line.values[path])).map((field) => ({ line: line.key, field }))),
    ];
  }
  refuse(failure: Failure): void {
    this.refusals = this.placed(failure.refusals);
    this.fault = failure.refusals.length ? null : failure;
    this.computing = false;
    this.showProblems();
    this.emit();
  }
  /** The same intent keeps its key, so a lost answer and a second press are one deed. */
  intent(what: string, body: unknown): string {
    const digest = JSON.stringify(body);
    const before = this.intents.get(what);
    if (before?.digest === digest) return before.key;
    const key = newKey();
    this.intents.set(what, { digest, key });
    return key;
  }
  async save(): Promise<Saved> {
    this.asked = true;
    clearTimeout(this.timer);
    this.flight?.abort();
    await this.resolveTyped();
    const draft = this.draft();
    const { id, version } = this.base;
    const outcome = id === null
      ? await calls.create(this.screen.id, draft, this.intent("save", draft))
      : await calls.save(this.screen.id, id, version, draft, this.intent("save", { ...draft, version }));
    if (!outcome.ok) {
      if (outcome.status !== 409) this.refuse(outcome);
      return outcome;
    }
    this.intents.delete("save");
    this.adopt(outcome.data);
    return { ok: true, record: outcome.data };
  }
  /** The server's record replaces the work: after a save, an act, or a reload. */
  adopt(record: RecordOf): void {
    this.clean();
    this.asked = false;
    this.base = record;
    this.values = record.values;
    this.refusals = record.problems ?? [];
    this.fault = null;
    this.revision++;
    if (this.grid) {
      const before = this.grid.rows;
      this.grid.locked = !this.editable;
      this.grid.merge(record.lines.map((line, i) => asLine({ ...line, key: line.key ?? before[i]?.key ?? null })), this.problems(), new Set());
    }
    this.emit();
  }
  /** Takes the newer record as the base and puts the chosen values of this person over it. */
  rebase(theirs: RecordOf, mine: readonly string[]): void {
    const own = this.values;
    const lines = this.lines();
    this.base = theirs;
    this.values = { ...theirs.values, ...Object.fromEntries(mine.filter((f) => f in own).map((f) => [f, own[f]])) };
    if (this.grid && !mine.includes("lines") && mine.every((f) => f in own)) this.grid.merge(theirs.lines.map(asLine), [], new Set());
    else this.grid?.merge(lines.map((line) => ({ ...line, id: theirs.lines.some((l) => l.id === line.id) ? line.id : null })), [], new Set());
    this.refusals = [];
    this.changed();
  }
  discard(): void {
    this.adopt(this.base);
  }
  /** Stops everything that would still happen; the kept work stays. */
  close(): void {
    this.keepNow();
    clearTimeout(this.timer);
    this.flight?.abort();
  }
}

const asLine = (line: { id: number | null; key?: string | null; values: Values }): DraftLine => ({ key: line.key ?? (line.id === null ? newKey().slice(0, 8) : String(line.id)), id: line.id, values: line.values });
/** The server's values over the person's, except text it could not know yet. */
const over = (mine: Values, theirs: Values): Values => {
  const next: Record<string, Value> = { ...mine };
  for (const [path, value] of Object.entries(theirs)) if (!isTyped(mine[path])) next[path] = value;
  return next;
};
