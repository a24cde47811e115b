import { parseTsv, toTsv } from "./clipboard";
import type { Mode } from "./keymap";
import type { Cell, Choice, Column, Problem } from "./types";

export type RowView<Row> = {
  index: number;
  row: Row;
  focusCol: number;
  mode: Mode;
  from: number;
  to: number;
  staged: boolean;
  computing: boolean;
  bad: ReadonlyMap<number, string>;
  problems: readonly Problem[];
};
export type Staged<Row> = { rows: Map<number, Row>; bad: Map<number, Map<number, string>>; height: number; width: number; badCount: number };
export type Start = "select" | "end" | "typed";
export type Options<Row> = {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  empty: () => Row;
  /** The column a new line starts in, and where a scanner types. */
  enter: string;
  locked?: boolean;
  /** Called after the person changed lines; `keys` are the lines that changed, all of them when empty. */
  changed?: (keys: readonly string[]) => void;
  /** One more of the same: what a scan of a code that is already on the paper does. */
  raise?: (row: Row) => Row;
  /** Whether a line already holds what was scanned. */
  holds?: (row: Row, text: string) => boolean;
  now?: () => number;
};
/** A scanner types a whole code faster than any hand: under this many milliseconds a key. */
const SCAN_PACE = 25;
const SCAN_LENGTH = 4;

/** Everything the grid knows, outside React: a key touches two rows, so two rows render. */
export class GridSession<Row extends { key: string }> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  focus: Cell = { row: 0, col: 0 };
  anchor: Cell = { row: 0, col: 0 };
  mode: Mode = "navigate";
  active = false;
  locked: boolean;
  scanning = false;
  text = "";
  start: Start = "select";
  serial = 0;
  shape = 0;
  staged: Staged<Row> | null = null;
  refused: { row: string; column: string; why: string } | null = null;
  problems: readonly Problem[] = [];
  computing: ReadonlySet<string> = new Set();
  private readonly o: Options<Row>;
  private views = new Map<number, RowView<Row>>();
  private listeners = new Set<() => void>();
  private history: (readonly Row[])[] = [];
  private entered: Row | undefined;
  private typing = { at: 0, keys: 0 };
  private armed = false;

  constructor(o: Options<Row>) {
    this.o = o;
    this.columns = o.columns;
    this.rows = o.rows.length ? o.rows : o.locked ? [] : [o.empty()];
    this.locked = o.locked ?? false;
    this.focus = this.anchor = { row: 0, col: this.columnOf(o.enter) };
    this.entered = this.rows[0];
  }
  subscribe = (fn: () => void): (() => void) => {
    this.listeners.add(fn);
    return () => this.listeners.delete(fn);
  };
  columnOf = (id: string): number => Math.max(0, this.columns.findIndex((c) => c.id === id));
  current = (): Row | undefined => this.rows[this.focus.row];
  column = (): Column<Row> => this.columns[this.focus.col]!;
  range(): { r0: number; r1: number; c0: number; c1: number } {
    const { focus: f, anchor: a } = this;
    return { r0: Math.min(f.row, a.row), r1: Math.max(f.row, a.row), c0: Math.min(f.col, a.col), c1: Math.max(f.col, a.col) };
  }
  view(index: number): RowView<Row> {
    const known = this.views.get(index);
    if (known) return known;
    const { r0, r1, c0, c1 } = this.range();
    const inside = index >= r0 && index <= r1 && (r0 !== r1 || c0 !== c1);
    const row = this.staged?.rows.get(index) ?? this.rows[index]!;
    const refused = this.refused && row && this.refused.row === row.key ? [{ rowKey: row.key, column: this.refused.column, tone: "danger" as const, text: this.refused.why }] : none;
    const view: RowView<Row> = {
      index, row,
      focusCol: index === this.focus.row ? this.focus.col : -1,
      mode: this.mode,
      from: inside ? c0 : -1,
      to: inside ? c1 : -2,
      staged: this.staged?.rows.has(index) ?? false,
      computing: row !== undefined && this.computing.has(row.key),
      bad: this.staged?.bad.get(index) ?? noText,
      problems: row ? [...refused, ...this.problems.filter((p) => p.rowKey === row.key)] : none,
    };
    this.views.set(index, view);
    return view;
  }
  /** What is shown changed: only these rows, or everything. */
  emit(...touched: number[]): void {
    if (touched.length) for (const i of touched) this.views.delete(i);
    else {
      this.views.clear();
      this.shape++;
    }
    for (const fn of this.listeners) fn();
  }
  goto(cell: Cell, extend = false): void {
    const before = this.range();
    this.focus = { row: clamp(cell.row, this.rows.length - 1), col: clamp(cell.col, this.columns.length - 1) };
    if (!extend) this.anchor = this.focus;
    if (this.entered?.key !== this.current()?.key) this.entered = this.current();
    this.refused = null;
    this.armed = false;
    this.mode = "navigate";
    this.serial++;
    const after = this.range();
    this.emit(...span(before.r0, before.r1), ...span(after.r0, after.r1));
  }
  /** Puts the focus into a cell by the key of its line; used by the list of refusals. */
  show(rowKey: string | null, column: string | null): void {
    const row = Math.max(0, this.rows.findIndex((r) => r.key === rowKey));
    this.active = true;
    this.goto({ row, col: column === null ? 0 : this.columnOf(column) });
  }
  edit(start: Start): void {
    if (this.locked || this.mode === "edit" || this.column()?.edit !== "always" || !this.current()) return;
    this.mode = "edit";
    this.armed = false;
    this.start = start;
    if (start !== "typed") this.text = this.rawText();
    this.anchor = this.focus;
    this.typing = { at: this.clock(), keys: 0 };
    this.serial++;
    this.emit(this.focus.row);
  }
  rawText(): string {
    const row = this.current();
    return row ? this.column().raw(row) : "";
  }
  type(text: string): void {
    if (this.locked) return;
    this.text = text;
    this.refused = null;
    if (this.mode === "navigate") this.edit("typed");
    this.typing.keys++;
  }
  /** Esc: the cell as it was; again: the line as it was when the focus came to it. */
  restore(): void {
    if (this.staged) return this.discard();
    this.refused = null;
    if (this.mode === "edit") this.armed = true;
    else if (this.armed) {
      const { entered } = this;
      const now = this.current();
      if (entered && now && entered.key === now.key && entered !== now) this.write([[this.focus.row, entered]]);
      this.armed = false;
    } else this.armed = true;
    this.mode = "navigate";
    this.anchor = this.focus;
    this.serial++;
    this.emit();
  }
  /** Writes the editor's text; false when it cannot be read, and then the editor stays and says why. */
  commit(chosen?: Choice): boolean {
    if (this.mode === "navigate") return true;
    const row = this.current();
    const c = this.column();
    if (!row) return true;
    const next = chosen && c.take ? c.take(chosen, row) : this.text === this.rawText() ? row : c.parse(this.text, row);
    if (next === undefined) {
      this.refused = { row: row.key, column: c.id, why: c.refuse(this.text) };
      this.emit(this.focus.row);
      return false;
    }
    this.mode = "navigate";
    this.refused = null;
    if (next !== row) this.write([[this.focus.row, next]]);
    this.emit(this.focus.row);
    return true;
  }
  /** A change from outside the keyboard: a remedy, a card on the phone. */
  set(rowKey: string, column: string, text: string): boolean {
    const index = this.rows.findIndex((r) => r.key === rowKey);
    const row = this.rows[index];
    const next = row && this.columns[this.columnOf(column)]!.parse(text, row);
    if (!next) return false;
    this.write([[index, next]]);
    this.emit(index);
    return true;
  }
  put(rowKey: string, change: (row: Row) => Row): void {
    const index = this.rows.findIndex((r) => r.key === rowKey);
    if (index < 0) return;
    this.write([[index, change(this.rows[index]!)]]);
    this.serial++;
    this.emit(index);
  }
  /** What the server computed or knows better. Not an act of the person: no history, no change event. */
  merge(rows: readonly Row[], problems: readonly Problem[], computing: ReadonlySet<string>): void {
    const same = this.entered && rows.find((r) => r.key === this.entered!.key);
    const before = this.current();
    this.rows = rows.length || this.locked ? rows : [this.o.empty()];
    if (same && before && this.entered === before) this.entered = same;
    this.problems = problems;
    this.computing = computing;
    this.focus = { row: clamp(this.focus.row, this.rows.length - 1), col: this.focus.col };
    this.anchor = { row: clamp(this.anchor.row, this.rows.length - 1), col: this.anchor.col };
    this.emit();
  }
  private write(changes: readonly (readonly [number, Row])[]): void {
    this.remember();
    const rows = [...this.rows];
    for (const [i, row] of changes) rows[i] = row;
    this.rows = rows;
    const keys = changes.map(([i]) => rows[i]!.key);
    this.problems = this.problems.filter((p) => !keys.includes(p.rowKey));
    this.computing = new Set([...this.computing, ...keys]);
    for (const [i] of changes) this.views.delete(i);
    this.shape++;
    this.o.changed?.(keys);
  }
  private remember(): void {
    this.history = [...this.history.slice(-49), this.rows];
  }
  undo(): void {
    const before = this.history.pop();
    if (!before || this.locked) return;
    this.rows = before;
    this.goto(this.focus);
    this.emit();
    this.o.changed?.([]);
  }
  /** Enter: next required empty cell of the line, else the enter column of the next line, adding one at the end. */
  commitEnter(chosen?: Choice): void {
    const { row, col } = this.focus;
    const scanned = !chosen && this.columns[col]!.id === this.o.enter && this.text.trim() !== "" && (this.scanning || this.fast());
    if (scanned && this.raiseSame(this.text.trim())) return;
    if (!this.commit(chosen)) return;
    if (scanned && this.o.raise) this.put(this.rows[row]!.key, this.o.raise);
    const line = this.rows[row];
    const order = this.columns.map((_, i) => (col + 1 + i) % this.columns.length);
    const hole = scanned || !line ? undefined : order.find((i) => {
      const c = this.columns[i]!;
      return c.required && c.edit === "always" && c.isEmpty(line) && !(c.filled && c.id !== this.o.enter && this.computing.has(line.key));
    });
    if (hole !== undefined) this.goto({ row, col: hole });
    else {
      if (row === this.rows.length - 1) this.append();
      this.goto({ row: row + 1, col: this.columnOf(this.o.enter) });
    }
    this.edit("select");
  }
  private fast(): boolean {
    const { at, keys } = this.typing;
    return keys >= SCAN_LENGTH && this.text.length >= SCAN_LENGTH && (this.clock() - at) / keys < SCAN_PACE;
  }
  private clock = (): number => this.o.now?.() ?? performance.now();
  private raiseSame(text: string): boolean {
    const { holds, raise } = this.o;
    const at = holds && raise ? this.rows.findIndex((r, i) => i !== this.focus.row && holds(r, text)) : -1;
    if (at < 0) return false;
    this.text = this.rawText();
    this.mode = "navigate";
    this.write([[at, raise!(this.rows[at]!)]]);
    this.serial++;
    this.emit();
    this.edit("select");
    return true;
  }
  commitTab(back: boolean, chosen?: Choice): void {
    if (!this.commit(chosen)) return;
    let { row, col } = this.focus;
    do {
      col += back ? -1 : 1;
      if (col >= this.columns.length) [row, col] = [row + 1, 0];
      if (col < 0) [row, col] = [row - 1, this.columns.length - 1];
      if (row < 0) return;
      if (row >= this.rows.length) this.append();
    } while (this.columns[col]!.edit === "never");
    this.goto({ row, col });
    this.edit("select");
  }
  /** An empty line at the end says nothing yet, so nothing is told to the server. */
  private append(): void {
    this.rows = [...this.rows, this.o.empty()];
    this.emit();
  }
  addLine(): void {
    if (this.locked || !this.commit()) return;
    const last = this.rows[this.rows.length - 1];
    if (!last || !this.blank(last)) this.append();
    this.active = true;
    this.goto({ row: this.rows.length - 1, col: this.columnOf(this.o.enter) });
    this.edit("select");
  }
  blank = (row: Row): boolean => this.columns.every((c) => c.edit === "never" || c.isEmpty(row));
  insertLine(): void {
    if (this.locked) return;
    const { row } = this.focus;
    this.remember();
    this.rows = [...this.rows.slice(0, row), this.o.empty(), ...this.rows.slice(row)];
    this.emit();
    this.goto({ row, col: this.columnOf(this.o.enter) });
  }
  removeLines(): void {
    if (this.locked) return;
    const { r0, r1 } = this.range();
    this.remember();
    const rest = this.rows.filter((_, i) => i < r0 || i > r1);
    this.rows = rest.length ? rest : [this.o.empty()];
    this.goto({ row: r0, col: this.focus.col });
    this.emit();
    this.o.changed?.([]);
  }
  moveLine(by: 1 | -1): void {
    const { row, col } = this.focus;
    const to = row + by;
    if (this.locked || to < 0 || to >= this.rows.length) return;
    this.remember();
    const rows = [...this.rows];
    [rows[row], rows[to]] = [rows[to]!, rows[row]!];
    this.rows = rows;
    this.goto({ row: to, col });
    this.emit();
    this.o.changed?.([]);
  }
  fillDown(): void {
    const { r0, r1, c0, c1 } = this.range();
    const top = r0 === r1 ? r0 - 1 : r0;
    if (this.locked || top < 0) return;
    const source = this.columns.slice(c0, c1 + 1).map((c) => c.raw(this.rows[top]!));
    this.write(span(r0 === r1 ? r0 : r0 + 1, r1).map((i) => [i, this.patched(i, source, c0).row] as const));
    this.serial++;
    this.emit();
  }
  clear(): void {
    if (this.locked) return;
    const { r0, r1, c0, c1 } = this.range();
    const nothing = span(c0, c1).map(() => "");
    this.write(span(r0, r1).map((i) => [i, this.patched(i, nothing, c0).row] as const));
    this.serial++;
    this.emit();
  }
  private patched(index: number, texts: readonly string[], col: number): { row: Row; bad: Map<number, string> } {
    let row = this.rows[index] ?? this.o.empty();
    const bad = new Map<number, string>();
    texts.forEach((text, k) => {
      const c = this.columns[col + k];
      if (!c || c.edit === "never") return;
      const next = c.parse(text, row);
      if (next === undefined) bad.set(col + k, text);
      else row = next;
    });
    return { row, bad };
  }
  copy(): string {
    const { r0, r1, c0, c1 } = this.range();
    return toTsv(span(r0, r1).map((i) => this.columns.slice(c0, c1 + 1).map((c) => c.raw(this.rows[i]!))));
  }
  /** A block is shown before it is taken; one cell is taken at once, and fills a selection. */
  paste(text: string): void {
    if (this.locked) return;
    const block = parseTsv(text);
    const { r0, r1, c0, c1 } = this.range();
    const single = block.length === 1 && block[0]!.length === 1;
    const wide = single ? span(r0, r1).map(() => span(c0, c1).map(() => block[0]![0]!)) : block;
    const rows = new Map<number, Row>();
    const bad = new Map<number, Map<number, string>>();
    wide.forEach((texts, i) => {
      const p = this.patched(r0 + i, texts, c0);
      rows.set(r0 + i, p.row);
      if (p.bad.size) bad.set(r0 + i, p.bad);
    });
    this.staged = { rows, bad, height: wide.length, width: Math.max(...wide.map((r) => r.length)), badCount: [...bad.values()].reduce((n, s) => n + s.size, 0) };
    this.anchor = this.focus = { row: r0, col: c0 };
    if (single && !this.staged.badCount) return this.apply();
    this.emit();
  }
  apply(): void {
    const { staged } = this;
    if (!staged) return;
    this.staged = null;
    const rows = [...this.rows];
    const wanted = Math.max(...staged.rows.keys());
    while (rows.length < wanted) rows.push(this.o.empty());
    this.rows = rows;
    this.write([...staged.rows]);
    this.serial++;
    this.emit();
  }
  discard(): void {
    this.staged = null;
    this.serial++;
    this.emit();
  }
  length(): number {
    return Math.max(this.rows.length, ...(this.staged ? [...this.staged.rows.keys()].map((i) => i + 1) : [0]));
  }
}
const noText: ReadonlyMap<number, string> = new Map();
const none: readonly Problem[] = [];
const clamp = (n: number, max: number): number => Math.max(0, Math.min(n, max));
const span = (a: number, b: number): number[] => Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => Math.min(a, b) + i);
