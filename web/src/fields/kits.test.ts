import { describe, expect, it } from "vitest";
import type { Kind, Spec } from "../api/types";
import { kitOf, kits, nameOf, readText, referenceText, same, typed, wire, type Env } from "./kits";

const env: Env = { t: (key) => key, language: "en", today: "2026-11-24", zone: "Asia/Shanghai", money: 2, search: async () => [] };
const spec = (kind: Kind, more: Partial<Spec> = {}): Spec => ({ path: "x", kind, label: "x", required: false, edit: "draft", sortable: true, filterable: true, ...more });
const bolt = { id: 7, code: "BLT-M8", name: "Bolt M8" };

describe("every kind of field", () => {
  it.each<[Kind, unknown, string, Partial<Spec>?]>([
    ["text", "PO-1", "PO-1"], ["integer", "1200", "1,200"], ["quantity", "12.500000", "12.5"], ["money", "1234.5", "1,234.50"], ["price", "3.5", "3.50"], ["price", "0.12345678", "0.12345678"], ["rate", "0.13", "0.13"],
    ["date", "2026-12-04", "2026-12-04"], ["boolean", true, "ui.yes"], ["choice", "lot", "c.lot", { choices: [{ value: "lot", label: "c.lot" }] }], ["state", "posted", "state.posted"], ["reference", bolt, "Bolt M8"],
    ["localized", { zh_hans: "S", en: "piece" }, "piece"], ["list", ["a", "b"], "a, b"],
  ])("%s shows %j as %s", (kind, value, want, more) => expect(kits[kind].show(value as never, spec(kind, more), env)).toBe(want));
  it.each<[Kind, string, unknown, Partial<Spec>?]>([
    ["quantity", "1,001", "1001"], ["quantity", "-4", undefined, { sign: "positive" }], ["quantity", "0", undefined, { sign: "positive" }], ["quantity", "0", "0", { sign: "not_negative" }], ["quantity", "1.2345678", undefined, { decimals: 6 }],
    ["money", "(12.50)", "-12.5"], ["money", "12.505", undefined, { decimals: 2 }], ["price", "abc", undefined], ["date", "+7", "2026-12-01"], ["date", "31/2", undefined], ["text", "abcd", undefined, { max_length: 3 }], ["text", "", ""], ["quantity", " ", null],
    ["boolean", "YES", true], ["choice", "c.l", "lot", { choices: [{ value: "lot", label: "c.lot" }, { value: "serial", label: "c.serial" }] }], ["choice", "c.", undefined, { choices: [{ value: "lot", label: "c.lot" }, { value: "serial", label: "c.serial" }] }],
  ])("%s reads %j as %j", (kind, text, want, more) => expect(readText(text, spec(kind, more), env, null)).toEqual(want));
  it("keeps the other languages of a name that is typed in one", () => expect(readText("piece", spec("localized"), env, { zh_hant: "A" })).toEqual({ zh_hant: "A", en: "piece" }));
  it("goes to the server by id, and not at all while only its text is known", () => expect([wire(bolt), wire(typed("BLT")), wire(undefined), wire("1.50")]).toEqual([7, null, null, "1.50"]));
  it("is the same value in another spelling", () => expect([same("10", "10.000"), same(null, ""), same(bolt, { ...bolt }), same("10", "11"), same("01", "1")]).toEqual([true, true, true, false, true]));
  it("of a newer server is shown as text and never written", () => {
    const strange = spec("hologram" as Kind);
    expect([kitOf(strange).show("x", strange, env), readText("y", strange, env, null)]).toEqual(["x", undefined]);
  });
  it("names itself in the reader's language", () => expect([nameOf({ zh_hant: "A" }, "en"), nameOf("B", "en"), referenceText(bolt, "en"), referenceText({ id: 1, code: "kg", name: "kg" }, "en")]).toEqual(["A", "B", "BLT-M8 Bolt M8", "kg"]));
});
