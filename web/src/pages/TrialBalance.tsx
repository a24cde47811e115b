import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import * as calls from "../api/calls";
import { useTabTitle } from "../app/page";
import { paths } from "../app/routes";
import { useEnv, useSession } from "../app/session";
import { PeriodFields } from "./PeriodFields";
import * as decimal from "../fields/decimal";
import { nameOf } from "../fields/kits";
import { useText } from "../messages/text";
import { Failure } from "../screens/Failure";
import "../screens/list.css";
import "./pages.css";

const sides = ["opening_debit", "opening_credit", "debit", "credit", "closing_debit", "closing_credit"] as const;

/** Every account with its opening balance, turnover and closing balance. A row opens the account. */
export function TrialBalance() {
  const { t, language } = useText();
  const { company } = useSession();
  const env = useEnv();
  const go = useNavigate();
  const [range, setRange] = useState({ from: `${env.today.slice(0, 7)}-01`, to: env.today });
  const { data, error, refetch, isFetching } = useQuery({ queryKey: ["report", company.id, "trial-balance", range], queryFn: () => calls.trialBalance(range), placeholderData: keepPreviousData });
  useTabTitle(t("ui.report.trial_balance"));
  const figure = (value: string) => (decimal.isZero(value) ? <span className="hy-mute">{"\u2013"}</span> : <span data-negative={value.startsWith("-") || undefined}>{decimal.show(value, company.decimals, Math.max(2, company.decimals))}</span>);
  const balanced = data && decimal.sameDecimal(data.totals.debit, data.totals.credit) && decimal.sameDecimal(data.totals.closing_debit, data.totals.closing_credit);
  const open = (code: string) => void go(`${paths.ledger(code)}?from=${range.from}&to=${range.to}`);
  return (
    <div className="hy-page hy-report">
      <header className="hy-views"><h1>{t("ui.report.trial_balance")}</h1><span className="hy-push" />{data && <span className="hy-balanced" data-tone={balanced ? "success" : "danger"}>{t(balanced ? "ui.balanced" : "ui.unbalanced")}</span>}</header>
      <div className="hy-filters"><PeriodFields range={range} onChange={setRange} env={env} /><span className="hy-push" /><span className="hy-mute">{company.currency}</span></div>
      {error ? <Failure error={error} onRetry={() => void refetch()} /> : (
        <div className="hy-report-scroll" tabIndex={0} role="region" aria-label={t("ui.report.trial_balance")}>
          <table className="hy-books" data-stale={(isFetching && data) || undefined}>
            <thead>
              <tr><th rowSpan={2} scope="col">{t("ui.account")}</th>{["opening", "turnover", "closing"].map((g) => <th key={g} colSpan={2} scope="colgroup">{t(`ui.report.${g}`)}</th>)}</tr>
              <tr>{sides.map((s, i) => <th key={s} scope="col">{t(i % 2 ? "ui.credit" : "ui.debit")}</th>)}</tr>
            </thead>
            <tbody>
              {data?.rows.map((row) => (
                <tr key={row.account.code} data-level={row.account.level} onClick={() => open(row.account.code)}>
                  <th scope="row"><button type="button" className="hy-link" onClick={(e) => { e.stopPropagation(); open(row.account.code); }}><span className="num">{row.account.code}</span> {nameOf(row.account.name, language)}</button></th>
                  {sides.map((s) => <td key={s} className="num">{figure(row[s])}</td>)}
                </tr>
              ))}
              {data && !data.rows.length && <tr><td colSpan={7} className="hy-mute">{t("ui.report.empty")}</td></tr>}
            </tbody>
            {data && <tfoot><tr><th scope="row">{t("ui.total")}</th>{sides.map((s) => <td key={s} className="num">{figure(data.totals[s])}</td>)}</tr></tfoot>}
          </table>
        </div>
      )}
    </div>
  );
}
