import { useEffect, useRef } from "react";
import { addDays, parseDate } from "../fields/date";
import type { Env } from "../fields/kits";

type Range = { from: string; to: string };

/** From and to, typed as people type days; the usual ranges are one press. */
export function PeriodFields({ range, onChange, env }: { range: Range; onChange: (range: Range) => void; env: Env }) {
  const { t, today } = env;
  const month = `${today.slice(0, 7)}-01`;
  const last = addDays(month, -1);
  const usual: [string, Range][] = [["ui.range.month", { from: month, to: today }], ["ui.range.last_month", { from: `${last.slice(0, 7)}-01`, to: last }], ["ui.range.year", { from: `${today.slice(0, 4)}-01-01`, to: today }]];
  return (
    <>
      <Day label={t("ui.from")} value={range.from} today={today} onChange={(from) => onChange({ ...range, from })} />
      <Day label={t("ui.to")} value={range.to} today={today} onChange={(to) => onChange({ ...range, to })} />
      <span className="hy-segments">{usual.map(([key, r]) => <button key={key} type="button" aria-pressed={r.from === range.from && r.to === range.to} onClick={() => onChange(r)}>{t(key)}</button>)}</span>
    </>
  );
}
function Day({ label, value, today, onChange }: { label: string; value: string; today: string; onChange: (on: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => { if (input.current) input.current.value = value; }, [value]);
  const commit = () => {
    const read = parseDate(input.current?.value ?? "", today);
    if (read && read !== value) onChange(read);
    else if (input.current) input.current.value = value;
  };
  return <label className="hy-day"><span>{label}</span><input ref={input} className="hy-text-input num" defaultValue={value} onBlur={commit} onKeyDown={(e) => e.key === "Enter" && commit()} /></label>;
}
