import { describe, expect, it } from "vitest";
import { addDays, instant, parseDate, shortDate, todayIn } from "./date";

describe("days as people type them", () => {
  const today = "2026-11-24";
  it.each([
    ["2026-12-04", "2026-12-04"], ["2026/1/5", "2026-01-05"], ["2026\u5e7412\u67084\u65e5", "2026-12-04"], ["20261204", "2026-12-04"], ["12/4", "2026-12-04"], ["1204", "2026-12-04"], ["28", "2026-11-28"], ["4", "2026-12-04"],
    ["+7", "2026-12-01"], ["-24", "2026-10-31"], [".", today], ["\uff11\uff12/\uff14", "2026-12-04"], ["2/30", null], ["13/1", null], ["soon", null],
  ])("%s is %s", (text, want) => expect(parseDate(text, today)).toBe(want));
  it("turns the year in December", () => expect(parseDate("3", "2026-12-20")).toBe("2027-01-03"));
  it("adds days over a leap day", () => expect(addDays("2028-02-28", 2)).toBe("2028-03-01"));
  it("says the year only when it is another one", () => expect([shortDate("2026-11-02", today), shortDate("2025-11-02", today)]).toEqual(["11-02", "2025-11-02"]));
  it("lives in the time zone of the company", () => {
    expect(instant("2026-11-24T18:30:00Z", "Asia/Shanghai")).toBe("2026-11-25 02:30");
    expect(todayIn("Asia/Taipei", new Date("2026-11-24T17:00:00Z"))).toBe("2026-11-25");
  });
});
