/** Business days are ISO strings ("2026-11-24"); instants are ISO with a zone and are shown in the company's time zone. */

const day = (y: number, m: number, d: number): string | null => {
  const date = new Date(Date.UTC(y, m - 1, d));
  return date.getUTCMonth() === m - 1 && date.getUTCDate() === d ? date.toISOString().slice(0, 10) : null;
};

/** "2026-12-04", "2026/12/4", "12/4" and "1204" (the next such day), "4", "+7" (days from today), "." (today). */
export function parseDate(text: string, today: string): string | null {
  const s = text.normalize("NFKC").trim();
  const [y = 0, m = 0, d = 0] = today.split("-").map(Number);
  if (s === ".") return today;
  let hit = /^([+-])(\d{1,3})$/.exec(s);
  if (hit) return addDays(today, Number(hit[2]) * (hit[1] === "-" ? -1 : 1));
  hit = /^(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?$/.exec(s) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(s);
  if (hit) return day(Number(hit[1]), Number(hit[2]), Number(hit[3]));
  hit = /^(\d{1,2})[-/.\u6708](\d{1,2})\u65e5?$/.exec(s) ?? /^(\d{2})(\d{2})$/.exec(s);
  if (hit) return day(y, Number(hit[1]), Number(hit[2]));
  hit = /^(\d{1,2})$/.exec(s);
  if (!hit) return null;
  const n = Number(hit[1]);
  if (n >= d) return day(y, m, n);
  return m === 12 ? day(y + 1, 1, n) : day(y, m + 1, n);
}
export function addDays(on: string, days: number): string {
  const [y = 0, m = 1, d = 1] = on.split("-").map(Number);
  return new Date(Date.UTC(y, m - 1, d + days)).toISOString().slice(0, 10);
}

/** In a list the year is said only when it is not this year. */
export const shortDate = (on: string, today: string): string => (on.slice(0, 4) === today.slice(0, 4) ? on.slice(5) : on);

const formats = new Map<string, Intl.DateTimeFormat>();
function formatter(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    formats.set(zone, found);
  }
  return found;
}
/** "2026-11-24 18:03" in the time zone of the company. */
export const instant = (at: string, zone: string): string => formatter(zone).format(new Date(at));
export const todayIn = (zone: string, now: Date = new Date()): string => formatter(zone).format(now).slice(0, 10);
/** The hour for today, the day for other days. */
export function shortInstant(at: string, zone: string): string {
  const text = instant(at, zone);
  const today = todayIn(zone);
  return text.startsWith(today) ? text.slice(11) : text.startsWith(today.slice(0, 4)) ? text.slice(5, 16) : text.slice(0, 10);
}
