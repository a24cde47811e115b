import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Paperclip, SendHorizontal, Trash2 } from "lucide-react";
import { useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Link } from "react-router";
import * as calls from "../api/calls";
import { newKey } from "../api/client";
import type { Move, Screen, Voucher } from "../api/types";
import { setPref, usePrefs } from "../app/prefs";
import { paths } from "../app/routes";
import { useEnv, useSession } from "../app/session";
import { shortInstant } from "../fields/date";
import * as decimal from "../fields/decimal";
import { nameOf } from "../fields/kits";
import { useText } from "../messages/text";
import { Failure, failureText } from "./Failure";

type At = { screen: Screen; id: number; version: number };
const order = ["log", "postings", "comments", "attachments"] as const;
type TabId = (typeof order)[number];
/** "platform.log" and "log" are the same tab. */
const tabOf = (panel: string): string => panel.slice(panel.lastIndexOf(".") + 1);

/** Beside the paper: what happened to it, what it booked, what was said, what hangs on it. */
export function Panel({ screen, id, version }: At) {
  const { t } = useText();
  const { panelTab } = usePrefs();
  const known = screen.panels.map(tabOf);
  const tabs = order.filter((tab) => known.includes(tab));
  const shown = tabs.length ? tabs : (["log"] as TabId[]);
  const current = shown.includes(panelTab as TabId) ? (panelTab as TabId) : shown[0]!;
  const onKey = (e: KeyboardEvent) => {
    const by = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    const next = shown[(shown.indexOf(current) + by + shown.length) % shown.length]!;
    setPref({ panelTab: next });
    (e.currentTarget.children[shown.indexOf(next)] as HTMLElement).focus();
  };
  const at = { screen, id, version };
  return (
    <aside className="hy-panel" aria-label={t("ui.panel")}>
      <div role="tablist" className="hy-panel-tabs" aria-label={t("ui.panel")} onKeyDown={onKey}>
        {shown.map((tab) => <button key={tab} type="button" role="tab" aria-selected={tab === current} tabIndex={tab === current ? 0 : -1} onClick={() => setPref({ panelTab: tab })}>{t(`ui.panel.${tab}`)}</button>)}
      </div>
      {current === "log" ? <Log {...at} /> : current === "postings" ? <Postings {...at} /> : current === "comments" ? <Comments {...at} /> : <Attachments {...at} />}
    </aside>
  );
}

function usePanel<T>(what: TabId, { screen, id, version }: At, load: (screen: string, id: number) => Promise<T>) {
  const { company } = useSession();
  const key = ["panel", company.id, screen.id, id, what, version];
  return { ...useQuery({ queryKey: key, queryFn: () => load(screen.id, id) }), key };
}
function Body({ error, empty, children }: { error: unknown; empty: string | null; children: ReactNode }) {
  if (error) return <div className="hy-panel-scroll"><Failure error={error} /></div>;
  return <div className="hy-panel-scroll" tabIndex={0}>{empty ? <p className="hy-panel-empty">{empty}</p> : children}</div>;
}

const done = new Set(["approve", "post", "close"]);
function Log(at: At) {
  const { t, first } = useText();
  const env = useEnv();
  const { data, error } = usePanel("log", at, calls.log);
  return (
    <Body error={error} empty={data && !data.length ? t("ui.panel.log.empty") : null}>
      <ol className="hy-time">
        {[...(data ?? [])].reverse().map((entry, i) => (
          <li key={i} data-kind={done.has(entry.transition) ? "done" : undefined}>
            <b>{entry.actor.startsWith("policy:") ? t("ui.panel.policy") : entry.actor_name}</b><time className="num" dateTime={entry.at}>{shortInstant(entry.at, env.zone)}</time>
            <p>{first(`ui.done.${entry.transition}`, `verb.${entry.transition}`)}{entry.reason && <q>{entry.reason}</q>}</p>
            {(entry.acknowledged?.length ?? 0) > 0 && <p className="hy-mute">{t("ui.panel.acknowledged", { n: entry.acknowledged!.length })}</p>}
          </li>
        ))}
      </ol>
    </Body>
  );
}

function Postings(at: At) {
  const { t } = useText();
  const { data, error } = usePanel("postings", at, calls.postings);
  return (
    <Body error={error} empty={data && !data.vouchers.length && !data.moves.length ? t("ui.panel.postings.empty") : null}>
      {data?.vouchers.map((v) => <VoucherSlip key={v.id} voucher={v} />)}
      {data && data.moves.length > 0 && <Moves moves={data.moves} />}
    </Body>
  );
}
export const voucherName = (v: { word: string; number: number | string | null; id: number }): string => (v.number === null ? `#${v.id}` : `${v.word}-${String(v.number).padStart(4, "0")}`);

/** A voucher as it stands in the journal: debit above, credit below, both sums. */
function VoucherSlip({ voucher }: { voucher: Voucher }) {
  const { t, language } = useText();
  const { company } = useSession();
  const show = (value: string) => (decimal.isZero(value) ? "" : decimal.show(value, company.decimals, Math.max(2, company.decimals)));
  const sum = (side: "debit" | "credit") => decimal.show(decimal.add(voucher.lines.map((l) => l[side])), company.decimals, Math.max(2, company.decimals));
  return (
    <section className="hy-slip">
      <h3><b className="num">{voucherName(voucher)}</b><span className="num">{voucher.on}</span>{voucher.reverses != null && <i>{t("ui.voucher.reverses")}</i>}</h3>
      <table>
        <thead><tr><th scope="col">{t("ui.account")}</th><th scope="col">{t("ui.debit")}</th><th scope="col">{t("ui.credit")}</th></tr></thead>
        <tbody>
          {voucher.lines.map((line, i) => (
            <tr key={i}>
              <td><Link to={paths.ledger(line.account.code)}><span className="num">{line.account.code}</span> {nameOf(line.account.name, language)}</Link>{line.dimensions && Object.keys(line.dimensions).length > 0 && <small>{Object.values(line.dimensions).map(String).join(" \u00b7 ")}</small>}</td>
              <td className="num">{show(line.debit)}</td><td className="num">{show(line.credit)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot><tr><td>{t("ui.total")}</td><td className="num">{sum("debit")}</td><td className="num">{sum("credit")}</td></tr></tfoot>
      </table>
    </section>
  );
}

/** Where the goods went: from a place to a place, how much. */
function Moves({ moves }: { moves: readonly Move[] }) {
  const { t, language } = useText();
  // The world's places have low ids and names of ours; a company's own are known by their code.
  const placeOf = (place: Move["source"]) => (place.id < 1000 ? t(`place.${place.code.toLowerCase()}`) : place.code);
  return (
    <section className="hy-slip">
      <h3><b>{t("ui.moves")}</b></h3>
      <table>
        <thead><tr><th scope="col">{t("field.product")}</th><th scope="col">{t("ui.moves.way")}</th><th scope="col">{t("field.quantity")}</th></tr></thead>
        <tbody>{moves.map((m) => (
          <tr key={`${m.voucher}-${m.no}`}><td>{nameOf(m.product.name, language) || m.product.code}{m.lot && <small className="num">{m.lot.code}</small>}</td><td className="num">{placeOf(m.source)} {"\u2192"} {placeOf(m.target)}</td><td className="num">{decimal.show(m.quantity)}</td></tr>
        ))}</tbody>
      </table>
    </section>
  );
}

function Comments(at: At) {
  const { t } = useText();
  const env = useEnv();
  const client = useQueryClient();
  const { data, error, key } = usePanel("comments", at, calls.comments);
  const [text, setText] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const intent = useRef(newKey());
  const send = async () => {
    if (!text.trim()) return;
    const outcome = await calls.say(at.screen.id, at.id, text.trim(), intent.current);
    if (!outcome.ok) return setRefused(failureText(outcome, t));
    intent.current = newKey();
    setText("");
    setRefused(null);
    void client.invalidateQueries({ queryKey: key });
  };
  return (
    <>
      <Body error={error} empty={data && !data.length ? t("ui.panel.comments.empty") : null}>
        <ol className="hy-time">{data?.map((c) => <li key={c.id} data-kind="say"><b>{c.author.name}</b><time className="num" dateTime={c.at}>{shortInstant(c.at, env.zone)}</time>{c.withdrawn ? <p className="hy-mute">{t("ui.withdrawn")}</p> : <p>{c.text}</p>}</li>)}</ol>
      </Body>
      {refused && <p className="hy-panel-refused" role="alert">{refused}</p>}
      <div className="hy-say">
        <textarea rows={1} value={text} placeholder={t("ui.comment.hint")} aria-label={t("ui.comment.hint")} onChange={(e) => setText(e.target.value)} onKeyDown={(e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); e.stopPropagation(); void send(); } }} />
        <button type="button" className="hy-icon" aria-label={t("ui.comment.send")} disabled={!text.trim()} onClick={() => void send()}><SendHorizontal size={15} /></button>
      </div>
    </>
  );
}

const sizeOf = (bytes: number): string => (bytes < 1024 ? `${bytes} B` : bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);
function Attachments(at: At) {
  const { t } = useText();
  const env = useEnv();
  const client = useQueryClient();
  const { data, error, key } = usePanel("attachments", at, calls.attachments);
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const add = async (files: FileList | null) => {
    setBusy(true);
    for (const file of files ?? []) {
      const outcome = await calls.attach(at.screen.id, at.id, file, newKey());
      setRefused(outcome.ok ? null : failureText(outcome, t));
    }
    setBusy(false);
    void client.invalidateQueries({ queryKey: key });
  };
  const withdraw = async (id: number) => {
    const outcome = await calls.withdrawAttachment(id);
    setRefused(outcome.ok ? null : failureText(outcome, t));
    void client.invalidateQueries({ queryKey: key });
  };
  return (
    <>
      <Body error={error} empty={data && !data.length ? t("ui.panel.attachments.empty") : null}>
        <ul className="hy-files">
          {data?.map((f) => (
            <li key={f.id}>
              {f.withdrawn ? <s className="hy-mute">{f.name}</s> : <a href={calls.attachmentLink(f.id)} target="_blank" rel="noreferrer">{f.name}</a>}
              <small className="num">{f.withdrawn ? t("ui.withdrawn") : sizeOf(f.size)} {"\u00b7"} {f.added_by} {"\u00b7"} {shortInstant(f.added_at, env.zone)}</small>
              {!f.withdrawn && <button type="button" className="hy-icon" aria-label={t("ui.attachment.withdraw", { name: f.name })} onClick={() => void withdraw(f.id)}><Trash2 size={14} /></button>}
            </li>
          ))}
        </ul>
      </Body>
      {refused && <p className="hy-panel-refused" role="alert">{refused}</p>}
      <label className="hy-say hy-attach" aria-busy={busy}><Paperclip size={14} /><span>{t("ui.attachment.add")}</span><input type="file" multiple className="hy-hidden" onChange={(e) => void add(e.target.files)} /></label>
    </>
  );
}
