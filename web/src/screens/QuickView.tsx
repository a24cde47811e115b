import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { ArrowUpRight, X } from "lucide-react";
import * as calls from "../api/calls";
import type { Row, Screen } from "../api/types";
import { useSession } from "../app/session";
import { isEmpty, isReference, kitOf, labelOf, nameOf, type Env } from "../fields/kits";
import { useText } from "../messages/text";
import { StateChip } from "./StateChip";
import { Value } from "./Value";

type Props = { screen: Screen; row: Row; env: Env; onOpen: () => void; onClose: () => void };
const SHOWN = 12;

/** One record at the side of its list: enough to decide, one key from the page. */
export function QuickView({ screen, row, env, onOpen, onClose }: Props) {
  const { t } = useText();
  const { company } = useSession();
  const { data: record } = useQuery({ queryKey: ["record", company.id, screen.id, row.id, "quick"], queryFn: ({ signal }) => calls.record(screen.id, row.id, signal), staleTime: 10_000 });
  const values = record?.values ?? row.values;
  const title = String(values.number ?? values.code ?? row.id);
  const who = Object.values(screen.fields).find((f) => f.kind === "reference" && screen.sections.some((s) => s.fields.includes(f.path)));
  const party = who && values[who.path];
  const fields = screen.sections.flatMap((s) => s.fields).map((p) => screen.fields[p]).filter((f) => f && !["number", "code", "state"].includes(f.path) && f.path !== who?.path && !isEmpty(values[f.path]));
  const { lines } = screen;
  const shown = record?.lines.slice(0, SHOWN) ?? [];
  const figure = lines?.columns.map((c) => lines.fields[c]).filter((f) => f && (f.kind === "quantity" || f.kind === "money")).slice(-2) ?? [];
  return (
    <aside className="hy-quick" aria-label={title}>
      <header>
        <span className="num hy-strong">{title}</span>{typeof values.state === "string" && <StateChip state={values.state} />}<span className="hy-push" />
        <Button type="text" size="small" icon={<ArrowUpRight size={14} />} iconPlacement="end" onClick={onOpen}>{t("ui.open")}</Button>
        <button type="button" className="hy-icon" aria-label={t("ui.close")} onClick={onClose}><X size={14} /></button>
      </header>
      <h2>{isReference(party) ? nameOf(party.name, env.language) || party.code : nameOf(values.name, env.language)}</h2>
      <dl>{fields.map((f) => f && <div key={f.path}><dt>{labelOf(f, env)}</dt><dd><Value spec={f} value={values[f.path]} env={env} beside={values} where="form" /></dd></div>)}</dl>
      {lines && record && (
        <>
          <h3>{t("ui.lines_n", { n: record.lines.length })}</h3>
          <ul>{shown.map((line, i) => (
            <li key={line.id ?? i}>
              <span>{named(line.values[lines.enter], env)}</span>
              {figure.map((f) => f && <b key={f.path} className="num">{kitOf(f).show(line.values[f.path], f, env, line.values)}</b>)}
            </li>
          ))}</ul>
          {record.lines.length > SHOWN && <p className="hy-mute">{t("ui.lines_more", { n: record.lines.length - SHOWN })}</p>}
        </>
      )}
    </aside>
  );
}
const named = (value: unknown, env: Env): string => (typeof value === "object" && value !== null && "name" in value ? nameOf(value.name, env.language) || String((value as { code?: string }).code ?? "") : String(value ?? ""));
