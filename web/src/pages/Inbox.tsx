import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useRef, useState } from "react";
import { Link } from "react-router";
import * as calls from "../api/calls";
import { newKey } from "../api/client";
import { Dialog } from "../app/Dialog";
import { useTabTitle } from "../app/page";
import { paths } from "../app/routes";
import { useEnv, useSession } from "../app/session";
import { shortInstant } from "../fields/date";
import * as decimal from "../fields/decimal";
import { useText } from "../messages/text";
import { Failure, failureText } from "../screens/Failure";
import "../screens/list.css";
import "./pages.css";

/** What waits for this person: papers to decide on, then what they should know. */
export function Inbox() {
  const { t, has } = useText();
  const { company } = useSession();
  const env = useEnv();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({ queryKey: ["inbox", company.id], queryFn: calls.inbox });
  const [rejecting, setRejecting] = useState<calls.Task | null>(null);
  const [refused, setRefused] = useState<{ task: number; text: string } | null>(null);
  const intents = useRef(new Map<string, string>());
  useTabTitle(t("ui.inbox"));
  const decide = async (task: calls.Task, verb: "approve" | "reject", reason = "") => {
    setRejecting(null);
    const intent = `${task.id}.${verb}.${reason}`;
    const key = intents.current.get(intent) ?? newKey();
    intents.current.set(intent, key);
    const outcome = await calls.decide(task.id, verb, reason, key);
    setRefused(outcome.ok ? null : { task: task.id, text: failureText(outcome, t) });
    if (!outcome.ok) return;
    void client.invalidateQueries({ queryKey: ["inbox", company.id] });
    void client.invalidateQueries({ queryKey: ["list", company.id] });
    void client.invalidateQueries({ queryKey: ["record", company.id] });
  };
  if (error) return <div className="hy-page"><Failure error={error} onRetry={() => void refetch()} /></div>;
  const tasks = data?.tasks.approvals?.rows ?? [];
  const notices = [...(data?.mentions.rows ?? []), ...(data?.notices.rows ?? [])];
  const said = (n: calls.Notice) => {
    const { document_type: type, ...params } = n.params;
    return t(n.kind, Object.fromEntries([...Object.entries(params).map(([k, v]) => [k, has(`role.${String(v)}`) ? t(`role.${String(v)}`) : String(v ?? "")]), ["document_type", typeof type === "string" ? t(type) : ""], ["person", n.actor]]));
  };
  return (
    <div className="hy-page">
      <header className="hy-views"><h1>{t("ui.inbox")}</h1><span className="hy-push" />{notices.some((n) => !n.read) && <Button type="text" size="small" onClick={() => void calls.markRead(null).then(() => client.invalidateQueries({ queryKey: ["inbox", company.id] }))}>{t("ui.inbox.read")}</Button>}</header>
      <div className="hy-tasks" tabIndex={0} role="region" aria-label={t("ui.inbox")}>
        {data && !tasks.length && !notices.length && <p className="hy-panel-empty">{t("ui.inbox.empty")}</p>}
        {tasks.length > 0 && <h2>{t("ui.inbox.tasks")}</h2>}
        <ul>{tasks.map((task) => (
          <li key={task.id}>
            <div>
              <Link to={paths.record(task.document_type, task.document_id)} className="hy-link"><b className="num">{t(task.document_type)} {task.number}</b></Link>
              {task.amount && <span className="num"> <small>{company.currency}</small> {decimal.show(task.amount, company.decimals)}</span>}
              <p>{task.submitter} <span className="hy-mute num">{t("ui.inbox.waits_since", { at: shortInstant(task.opened_at, env.zone) })}</span></p>
              {refused?.task === task.id && <p className="hy-sign-why" role="alert">{refused.text}</p>}
            </div>
            <span><Button type="primary" size="small" onClick={() => void decide(task, "approve")}>{t("verb.approve")}</Button><Button size="small" onClick={() => setRejecting(task)}>{t("verb.reject")}</Button></span>
          </li>
        ))}</ul>
        {notices.length > 0 && <h2>{t("ui.inbox.notices")}</h2>}
        <ul>{notices.map((n) => (
          <li key={n.id} data-unread={!n.read || undefined}>
            <p>{n.subject ? <Link className="hy-link" to={paths.record(n.subject.type, n.subject.id)}>{has(n.kind) ? said(n) : n.kind}</Link> : said(n)}</p>
            <span className="hy-mute num">{n.actor} {shortInstant(n.at, env.zone)}</span>
          </li>
        ))}</ul>
      </div>
      {rejecting && <Reject task={rejecting} onClose={() => setRejecting(null)} onDone={(reason) => void decide(rejecting, "reject", reason)} />}
    </div>
  );
}

function Reject({ task, onClose, onDone }: { task: calls.Task; onClose: () => void; onDone: (reason: string) => void }) {
  const { t } = useText();
  const [reason, setReason] = useState("");
  return (
    <Dialog title={`${t("verb.reject")} ${task.number}`} onClose={onClose} width={440} footer={<><Button onClick={onClose}>{t("ui.cancel")}</Button><Button type="primary" danger disabled={!reason.trim()} onClick={() => onDone(reason.trim())}>{t("verb.reject")}</Button></>}>
      <label className="hy-stacked"><span>{t("ui.reason")}</span><textarea autoFocus rows={3} className="hy-text-input" value={reason} onChange={(e) => setReason(e.target.value)} /></label>
    </Dialog>
  );
}
