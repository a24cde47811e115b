import { describe, expect, it } from "vitest";
import { add, canonical, compare, decimalsOf, edit, negate, parse, sameDecimal, show } from "./decimal";

describe("a decimal is a string and stays exact", () => {
  it.each([["0012.3400", "12.34"], ["-0.00", "0"], ["5.", "5."], ["100", "100"], ["-000.50", "-0.5"]])("canonical %s is %s", (text, want) => expect(canonical(text)).toBe(want));
  it.each([
    ["1234567.5", 2, 2, "1,234,567.50"], ["-1200", 2, 2, "\u22121,200.00"], ["0.1", 0, 6, "0.1"], ["12.000000", 0, 6, "12"], ["0.123456", 2, 8, "0.123456"], ["99999999999999.99", 2, 2, "99,999,999,999,999.99"],
    ["1.239", 2, 2, "1.239"], ["", 2, 2, ""],
  ])("shows %s with %i to %i decimals as %s", (value, least, most, want) => expect(show(value, least, most)).toBe(want));
  it.each([
    ["1,200.50", "1200.5"], ["\uff11\uff12\uff10", "120"], ["(35)", "-35"], ["\u221235", "-35"], ["\u00a51 200", "1200"], ["+7", "7"], [".5", "0.5"], ["-.5", "-0.5"], ["12%", "12"], ["NT$ 3,280", "3280"], ["5.", "5"],
    ["abc", null], ["1.2.3", null], ["", null], ["--1", null], ["1e5", null],
  ])("reads %s as %s", (text, want) => expect(parse(text)).toBe(want));
  it("adds what floats cannot", () => {
    expect(add(["0.1", "0.2"])).toBe("0.3");
    expect(add(["99999999999999.99", "0.01"])).toBe("100000000000000");
    expect(add(["1.5", "-2.25"])).toBe("-0.75");
    expect(add([])).toBe("0");
  });
  it("compares by value, not by spelling", () => {
    expect(sameDecimal("10", "10.000000")).toBe(true);
    expect(compare("9.99", "10")).toBeLessThan(0);
    expect(compare("-1", "-1.0")).toBe(0);
    expect(negate("0")).toBe("0");
    expect(negate("-3.10")).toBe("3.1");
    expect(edit("10.000000")).toBe("10");
    expect(decimalsOf("1.2300")).toBe(2);
  });
});
