import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeText, preferredLanguage, translator } from "./text";

const root = join(import.meta.dirname, "..");
const sources = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((f) => /\.tsx?$/.test(f) && !f.includes(".test."));
const toml = readFileSync(join(root, "../../src/heyi/platform/messages/ui.toml"), "utf8");
const keys = new Set([...toml.matchAll(/^\["([^"]+)"\]/gm)].map((m) => m[1]!));

describe("the words of the browser", () => {
  it("exist for every key the code speaks", () => {
    const spoken = new Set(sources.flatMap((f) => [...readFileSync(join(root, f), "utf8").matchAll(/"(ui\.[a-z_.]+[a-z_])"/g)].map((m) => m[1]!)));
    expect([...spoken].filter((k) => !keys.has(k))).toEqual([]);
  });
  it("exist for keys that are put together", () => {
    const starts = new Set(sources.flatMap((f) => [...readFileSync(join(root, f), "utf8").matchAll(/`(ui\.[a-z_.]+)\$\{/g)].map((m) => m[1]!)));
    expect([...starts].filter((s) => ![...keys].some((k) => k.startsWith(s)))).toEqual([]);
  });
  it("are not written in the code", () => {
    const chinese = /[\u3400-\u9fff\uff00-\uffef]/;
    expect(sources.filter((f) => chinese.test(readFileSync(join(root, f), "utf8")))).toEqual([]);
  });
  it("fill their places, and a missing key shows its last part", () => {
    const t = translator({ "ui.rows": "{n} rows" });
    expect([t("ui.rows", { n: 3 }), t("ui.rows"), t("sales.order.net_weight")]).toEqual(["3 rows", "{n} rows", "net weight"]);
    expect(makeText("en", { a: "A" }).first("b", "a")).toBe("A");
  });
  it.each([[["zh-TW", "en"], "zh_hant"], [["zh-HK"], "zh_hant"], [["zh-Hant-CN"], "zh_hant"], [["zh-CN"], "zh_hans"], [["zh"], "zh_hans"], [["de", "en-GB"], "en"], [[], "en"]])("a browser that asks for %j gets %s", (wanted, want) => expect(preferredLanguage(wanted)).toBe(want));
});
