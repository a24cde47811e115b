import { describe, expect, it } from "vitest";
import * as decimal from "../fields/decimal";
import { GridSession, type Options } from "./session";
import type { Column } from "./types";

type Row = { key: string; product: string; quantity: string; price: string; net: string };
let made = 0;
const empty = (): Row => ({ key: `n${++made}`, product: "", quantity: "", price: "", net: "" });
const text = (id: "product" | "net", edit: "always" | "never"): Column<Row> => ({
  id, title: id, width: 100, align: "start", edit, required: id === "product", filled: false,
  show: (r) => r[id], raw: (r) => r[id], isEmpty: (r) => r[id] === "", refuse: (t) => `no ${t}`, parse: (t, r) => (t === "BAD" ? undefined : { ...r, [id]: t }),
});
const number = (id: "quantity" | "price"): Column<Row> => ({
  id, title: id, width: 80, align: "end", edit: "always", required: true, filled: false,
  show: (r) => decimal.show(r[id]), raw: (r) => r[id], isEmpty: (r) => r[id] === "", refuse: (t) => `no ${t}`,
  parse: (t, r) => { if (t === "") return { ...r, [id]: "" }; const n = decimal.parse(t); return n === null || n.startsWith("-") ? undefined : { ...r, [id]: n }; },
});
const columns = [text("product", "always"), number("quantity"), text("net", "never"), number("price")];
const start = (rows: Partial<Row>[] = [], more: Partial<Options<Row>> = {}) => {
  const changes: string[][] = [];
  const session = new GridSession<Row>({
    columns, rows: rows.map((r, i) => ({ ...empty(), key: `r${i + 1}`, ...r })), empty, enter: "product", changed: (keys) => changes.push([...keys]),
    raise: (r) => ({ ...r, quantity: decimal.add([r.quantity || "0", "1"]) }), holds: (r, t) => r.product === t, ...more,
  });
  return { session, changes };
};
const at = (s: GridSession<Row>) => `${s.focus.row}:${s.columns[s.focus.col]!.id}${s.mode === "edit" ? "*" : ""}`;
const type = (s: GridSession<Row>, text: string) => { if (s.mode === "navigate") s.type(text); else s.type(text); };

describe("Enter walks", () => {
  it("from required empty cell to required empty cell, then to the next line", () => {
    const { session: s } = start();
    type(s, "A1");
    s.commitEnter();
    expect(at(s)).toBe("0:quantity*");
    type(s, "5");
    s.commitEnter();
    expect(at(s)).toBe("0:price*");
    type(s, "2.50");
    s.commitEnter();
    expect(at(s)).toBe("1:product*");
    expect(s.rows[0]).toMatchObject({ product: "A1", quantity: "5", price: "2.5" });
    expect(s.rows).toHaveLength(2);
  });
  it("does not stop at what the server is filling", () => {
    const filled = columns.map((c) => (c.id === "quantity" ? { ...c, filled: true } : c));
    const { session: s } = start([], { columns: filled });
    type(s, "A1");
    s.commitEnter();
    expect(at(s)).toBe("0:price*");
  });
  it("stays and says why when the text cannot be read", () => {
    const { session: s, changes } = start([{ product: "A" }]);
    s.goto({ row: 0, col: 1 });
    type(s, "-4");
    s.commitEnter();
    expect(at(s)).toBe("0:quantity*");
    expect(s.view(0).problems).toEqual([{ rowKey: "r1", column: "quantity", tone: "danger", text: "no -4" }]);
    expect(changes).toEqual([]);
  });
});

describe("Tab", () => {
  it("skips what cannot be written and adds a line behind the last cell", () => {
    const { session: s } = start([{ product: "A", quantity: "1", price: "1" }]);
    s.goto({ row: 0, col: 1 });
    s.edit("end");
    s.commitTab(false);
    expect(at(s)).toBe("0:price*");
    s.commitTab(false);
    expect(at(s)).toBe("1:product*");
    s.commitTab(true);
    expect(at(s)).toBe("0:price*");
  });
});

describe("Esc", () => {
  it("restores the cell, and pressed again the line", () => {
    const { session: s } = start([{ product: "A", quantity: "1", price: "1" }]);
    s.goto({ row: 0, col: 1 });
    type(s, "9");
    s.commit();
    s.goto({ row: 0, col: 3 });
    type(s, "7");
    s.restore();
    expect(s.rows[0]).toMatchObject({ quantity: "9", price: "1" });
    s.restore();
    expect(s.rows[0]).toMatchObject({ quantity: "1", price: "1" });
  });
  it("pressed once while walking changes nothing", () => {
    const { session: s } = start([{ product: "A", quantity: "1" }]);
    s.goto({ row: 0, col: 1 });
    type(s, "9");
    s.commit();
    s.restore();
    expect(s.rows[0]!.quantity).toBe("9");
  });
});

describe("paste from a spreadsheet", () => {
  it("is shown first, with what cannot be read, and taken by Enter", () => {
    const { session: s, changes } = start([{ product: "X" }]);
    s.goto({ row: 0, col: 0 });
    s.paste("A\t1,001\r\nBAD\t(2)\r\nC\t\uff13\r\n");
    expect(s.staged).toMatchObject({ height: 3, width: 2, badCount: 2 });
    expect(s.rows[0]!.product).toBe("X");
    expect([...s.view(1).bad]).toEqual([[0, "BAD"], [1, "(2)"]]);
    s.apply();
    expect(s.rows.map((r) => [r.product, r.quantity])).toEqual([["A", "1001"], ["", ""], ["C", "3"]]);
    expect(changes).toHaveLength(1);
  });
  it("is left by Esc without a trace", () => {
    const { session: s, changes } = start([{ product: "X" }]);
    s.paste("A\t1\nB\t2");
    s.restore();
    expect([s.staged, s.rows[0]!.product, changes]).toEqual([null, "X", []]);
  });
  it("of one cell fills the selection at once", () => {
    const { session: s } = start([{ product: "A" }, { product: "B" }, { product: "C" }]);
    s.goto({ row: 0, col: 1 });
    s.goto({ row: 2, col: 1 }, true);
    s.paste("4");
    expect(s.rows.map((r) => r.quantity)).toEqual(["4", "4", "4"]);
  });
  it("never writes a computed column, and copies what it shows", () => {
    const { session: s } = start([{ product: "A", quantity: "1", net: "9.00" }]);
    s.goto({ row: 0, col: 1 });
    s.paste("2\t77\t3");
    s.apply();
    expect(s.rows[0]).toMatchObject({ quantity: "2", net: "9.00", price: "3" });
    s.goto({ row: 0, col: 0 });
    s.goto({ row: 0, col: 3 }, true);
    expect(s.copy()).toBe("A\t2\t9.00\t3");
  });
});

describe("lines", () => {
  it("are inserted, removed, moved, filled and brought back", () => {
    const { session: s } = start([{ product: "A", quantity: "1" }, { product: "B" }, { product: "C" }]);
    s.goto({ row: 1, col: 1 });
    s.fillDown();
    expect(s.rows[1]!.quantity).toBe("1");
    s.moveLine(-1);
    expect(s.rows.map((r) => r.product)).toEqual(["B", "A", "C"]);
    s.removeLines();
    expect(s.rows.map((r) => r.product)).toEqual(["A", "C"]);
    s.insertLine();
    expect(s.rows.map((r) => r.product)).toEqual(["", "A", "C"]);
    s.undo();
    s.undo();
    expect(s.rows.map((r) => r.product)).toEqual(["B", "A", "C"]);
  });
  it("never become none", () => {
    const { session: s } = start([{ product: "A" }]);
    s.removeLines();
    expect(s.rows).toHaveLength(1);
    expect(s.blank(s.rows[0]!)).toBe(true);
  });
  it("of a posted paper do not change", () => {
    const { session: s, changes } = start([{ product: "A", quantity: "1" }], { locked: true });
    s.type("9");
    s.clear();
    s.paste("Z");
    s.removeLines();
    s.insertLine();
    s.fillDown();
    expect(s.rows).toEqual([{ ...s.rows[0], product: "A", quantity: "1" }]);
    expect(changes).toEqual([]);
  });
});

describe("a scanner", () => {
  let clock = 0;
  const scan = (s: GridSession<Row>, code: string, pace: number) => {
    for (let i = 1; i <= code.length; i++) { s.type(code.slice(0, i)); clock += pace; }
    s.commitEnter();
  };
  it("adds a line with one, waits for the next code, and raises the same code", () => {
    const { session: s } = start([], { now: () => clock });
    scan(s, "6901234", 5);
    expect(at(s)).toBe("1:product*");
    expect(s.rows[0]).toMatchObject({ product: "6901234", quantity: "1" });
    scan(s, "6905678", 5);
    scan(s, "6901234", 5);
    expect(s.rows.map((r) => [r.product, r.quantity])).toEqual([["6901234", "2"], ["6905678", "1"], ["", ""]]);
    expect(at(s)).toBe("2:product*");
  });
  it("is not a person who types the same code slowly", () => {
    const { session: s } = start([], { now: () => clock });
    scan(s, "6901234", 120);
    expect(at(s)).toBe("0:quantity*");
    expect(s.rows[0]!.quantity).toBe("");
  });
});

describe("what the server computes", () => {
  it("is merged without touching focus, editor or history", () => {
    const { session: s, changes } = start([{ product: "A", quantity: "1" }]);
    s.goto({ row: 0, col: 1 });
    type(s, "3");
    s.merge(s.rows.map((r) => ({ ...r, net: "30.00" })), [{ rowKey: "r1", column: "quantity", tone: "attention", text: "short" }], new Set());
    expect(at(s)).toBe("0:quantity*");
    expect(s.text).toBe("3");
    s.commit();
    expect(s.rows[0]).toMatchObject({ quantity: "3", net: "30.00" });
    expect(changes).toEqual([["r1"]]);
  });
});

describe("moving the focus", () => {
  it("touches two rows of five hundred", () => {
    const { session: s } = start(Array.from({ length: 500 }, (_, i) => ({ product: `P${i}` })));
    const before = s.rows.map((_, i) => s.view(i));
    s.goto({ row: 250, col: 1 });
    s.goto({ row: 251, col: 1 });
    const changed = s.rows.filter((_, i) => s.view(i) !== before[i]);
    expect(changed.length).toBeLessThanOrEqual(252);
    const now = s.rows.map((_, i) => s.view(i));
    s.goto({ row: 252, col: 1 });
    expect(s.rows.map((_, i) => i).filter((i) => s.view(i) !== now[i])).toEqual([251, 252]);
  });
});
