import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import { useEffect, useState } from "react";
import { Link, useLocation } from "react-router";
import * as calls from "../api/calls";
import { usePagePath, useTabTitle } from "../app/page";
import { paths } from "../app/routes";
import { useEnv, useSession } from "../app/session";
import * as decimal from "../fields/decimal";
import { nameOf } from "../fields/kits";
import { useText } from "../messages/text";
import { Failure } from "../screens/Failure";
import { voucherName } from "../screens/Panel";
import { PeriodFields } from "./PeriodFields";
import "../screens/list.css";
import "./pages.css";

/** One account, line by line with its running balance; each line leads to the paper behind it. */
export function AccountLedger({ account }: { account: string }) {
  const { t, first, language } = useText();
  const { company } = useSession();
  const env = useEnv();
  const at = useLocation();
  const path = usePagePath();
  const asked = new URLSearchParams(at.pathname === path ? at.search : "");
  const [range, setRange] = useState({ from: asked.get("from") ?? `${env.today.slice(0, 7)}-01`, to: asked.get("to") ?? env.today });
  useEffect(() => {
    const [from, to] = [asked.get("from"), asked.get("to")];
    if (from && to) setRange({ from, to });
    // Coming from another period of the trial balance changes the period here.
  }, [at.search]);
  const rows = useInfiniteQuery({
    queryKey: ["report", company.id, "ledger", account, range], initialPageParam: null as string | null, placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) => calls.accountLedger({ account, ...range, after: pageParam }), getNextPageParam: (last) => last.next,
  });
  const head = rows.data?.pages[0];
  const all = rows.data?.pages.flatMap((p) => p.rows) ?? [];
  const name = head ? `${head.account.code} ${nameOf(head.account.name, language)}` : account;
  useTabTitle(name);
  const places = Math.max(2, company.decimals);
  const figure = (value: string) => (decimal.isZero(value) ? <span className="hy-mute">{"\u2013"}</span> : <span data-negative={value.startsWith("-") || undefined}>{decimal.show(value, company.decimals, places)}</span>);
  return (
    <div className="hy-page hy-report">
      <header className="hy-views"><Link to={paths.trialBalance} className="hy-icon" aria-label={t("ui.report.trial_balance")}><ChevronLeft size={16} /></Link><h1>{name}</h1></header>
      <div className="hy-filters"><PeriodFields range={range} onChange={setRange} env={env} /><span className="hy-push" /><span className="hy-mute">{company.currency}</span></div>
      {rows.error ? <Failure error={rows.error} onRetry={() => void rows.refetch()} /> : (
        <div className="hy-report-scroll" tabIndex={0} role="region" aria-label={name}>
          <table className="hy-books">
            <thead><tr><th scope="col">{t("ui.date")}</th><th scope="col">{t("ui.voucher")}</th><th scope="col">{t("ui.document")}</th><th scope="col">{t("ui.purpose")}</th><th scope="col">{t("ui.debit")}</th><th scope="col">{t("ui.credit")}</th><th scope="col">{t("ui.balance")}</th></tr></thead>
            <tbody>
              {head && <tr className="hy-opening"><td colSpan={6}>{t("ui.report.opening")}</td><td className="num">{figure(head.opening)}</td></tr>}
              {all.map((row, i) => (
                <tr key={`${row.voucher.id}-${i}`}>
                  <td className="num hy-left">{row.voucher.on}</td>
                  <td className="num hy-left">{voucherName(row.voucher)}</td>
                  <td>{row.document ? <Link className="hy-link" to={paths.record(row.document.screen, row.document.id)}>{t(row.document.screen)} <span className="num">{row.document.number}</span></Link> : ""}</td>
                  <td>{first(`purpose.${row.purpose}`, row.purpose)}</td>
                  <td className="num">{figure(row.debit)}</td><td className="num">{figure(row.credit)}</td><td className="num">{figure(row.balance)}</td>
                </tr>
              ))}
              {head && !all.length && <tr><td colSpan={7} className="hy-mute">{t("ui.report.no_lines")}</td></tr>}
            </tbody>
          </table>
          {rows.hasNextPage && <button type="button" className="hy-plain-button" onClick={() => void rows.fetchNextPage()}>{t("ui.load_more")}</button>}
        </div>
      )}
    </div>
  );
}
