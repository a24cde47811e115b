import { Check } from "lucide-react";
import type { Spec, Value as Raw, Values } from "../api/types";
import { shortDate } from "../fields/date";
import { isEmpty, kitOf, known, type Env } from "../fields/kits";
import { asks, StateChip } from "./StateChip";

type Props = { spec: Spec; value: Raw; env: Env; beside?: Values; where: "list" | "form" };

/** A value as it is read. Amounts carry their currency small and grey when the row has one. */
export function Value({ spec, value, env, beside, where }: Props) {
  if (!known(spec)) return <span className="hy-mute">{env.t("ui.update_needed")}</span>;
  if (isEmpty(value)) return <span className="hy-mute">{where === "list" ? "\u2013" : ""}</span>;
  const text = kitOf(spec).show(value, spec, env, beside);
  switch (spec.kind) {
    case "state":
      return <StateChip state={String(value)} quiet={where === "list" && !asks(String(value))} />;
    case "date":
      return <span className="num">{where === "list" ? shortDate(String(value), env.today) : text}</span>;
    case "money": {
      const currency = spec.currency_path ? beside?.[spec.currency_path] : undefined;
      return <span className="num hy-amount">{typeof currency === "string" && <small>{currency}</small>}{text}</span>;
    }
    case "boolean":
      return where === "form" ? <span>{text}</span> : value === true ? <Check size={14} className="hy-yes" aria-label={text} /> : <span className="hy-mute" aria-label={text}>{"\u2013"}</span>;
    case "integer":
    case "quantity":
    case "price":
    case "rate":
    case "instant":
      return <span className="num">{text}</span>;
    default:
      return <span className="hy-cut" title={text}>{text}</span>;
  }
}
