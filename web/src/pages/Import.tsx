import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { Download, FileUp } from "lucide-react";
import { useRef, useState } from "react";
import { Link } from "react-router";
import * as calls from "../api/calls";
import { newKey, type Failure as Failed } from "../api/client";
import { useTabTitle } from "../app/page";
import { paths } from "../app/routes";
import { useSession } from "../app/session";
import { useText } from "../messages/text";
import { RefusalList } from "../screens/Refusals";
import "../screens/list.css";
import "./pages.css";

/** A file on its way in: template, file, columns, rows to repair, and only then the load. Nothing is ever half in. */
export function Import({ screenId }: { screenId: string }) {
  const { t, first } = useText();
  const { company } = useSession();
  const client = useQueryClient();
  const name = first(`${screenId}.plural`, screenId);
  useTabTitle(`${t("ui.import")}: ${name}`);
  const [id, setId] = useState<number | null>(null);
  const [refused, setRefused] = useState<Failed | null>(null);
  const [busy, setBusy] = useState(false);
  const intent = useRef(newKey());
  const key = ["import", company.id, screenId, id];
  const { data: batch } = useQuery({ queryKey: key, queryFn: () => calls.importBatch(screenId, id!), enabled: id !== null, refetchInterval: (query) => (["approved", "loading"].includes(query.state.data?.state ?? "") ? 1500 : false) });
  const { data: wrong } = useQuery({ queryKey: [...key, "rows", batch?.version, batch?.counts], queryFn: () => calls.importRows(screenId, id!), enabled: (batch?.counts.invalid ?? 0) > 0 });
  const after = (outcome: { ok: true } | Failed) => {
    setBusy(false);
    setRefused(outcome.ok ? null : outcome);
    void client.invalidateQueries({ queryKey: ["import", company.id, screenId] });
  };
  const upload = async (file: File | undefined) => {
    if (!file) return;
    setBusy(true);
    const outcome = await calls.importUpload(screenId, file, newKey());
    if (outcome.ok) setId(outcome.data.id);
    intent.current = newKey();
    after(outcome);
  };
  const loaded = batch?.counts.loaded ?? 0;
  const ready = batch?.counts.valid ?? 0;
  return (
    <div className="hy-page">
      <header className="hy-views"><h1>{t("ui.import")}: {name}</h1></header>
      <div className="hy-steps-page" tabIndex={0} role="region" aria-label={t("ui.import")}>
        {refused && <RefusalList title={t("ui.not_done", { verb: t("ui.import") })} failure={refused} onClose={() => setRefused(null)} />}
        <section>
          <h2>{t("ui.import.step_template")}</h2>
          <p className="hy-mute">{t("ui.import.template_text")}</p>
          <Button icon={<Download size={14} />} href={calls.templateLink(screenId)}>{t("ui.import.template")}</Button>
        </section>
        <section>
          <h2>{t("ui.import.step_file")}</h2>
          <label className="hy-plain-button hy-file"><FileUp size={14} />{batch ? t("ui.import.again") : t("ui.import.choose")}<input type="file" accept=".xlsx,.csv,.tsv" className="hy-hidden" disabled={busy} onChange={(e) => { void upload(e.target.files?.[0]); e.target.value = ""; }} /></label>
          {batch && <p className="hy-mute">{batch.file_name}</p>}
        </section>
        {batch && batch.can.includes("map") && <Columns key={batch.id} batch={batch} onMap={(columns) => void calls.importMap(screenId, batch, columns).then(after)} />}
        {batch && (
          <section>
            <h2>{t("ui.import.step_rows")}</h2>
            <p>
              {ready > 0 && <b className="num">{t("ui.import.good", { n: ready })} </b>}
              {(batch.counts.invalid ?? 0) > 0 && <b className="num hy-late">{t("ui.import.bad", { n: batch.counts.invalid! })}</b>}
              {loaded > 0 && <b className="num">{t("ui.import.done", { n: loaded })} </b>}
            </p>
            {wrong && wrong.rows.length > 0 && (
              <ul className="hy-repairs">{wrong.rows.flatMap((row) => row.issues.map((issue) => (
                <Repair key={`${row.no}.${issue.path}.${issue.code}`} row={row} issue={issue} label={batch.fields.find((f) => f.path === issue.path)?.label ?? issue.path}
                  onRepair={(value) => void calls.importRepair(screenId, batch.id, row.no, issue.path, value).then(after)} onAside={() => void calls.importAside(screenId, batch.id, [row.no]).then(after)} />
              )))}</ul>
            )}
            {(batch.can.includes("approve") || batch.can.includes("load")) && ready > 0 && batch.state !== "loaded" && <Button type="primary" disabled={busy} onClick={() => { setBusy(true); void calls.importLoad(screenId, batch, intent.current).then(after); }}>{t("ui.import.apply", { n: ready })}</Button>}
            {batch.state === "loaded" && <Link className="hy-link" to={paths.list(screenId)}>{name}</Link>}
          </section>
        )}
      </div>
    </div>
  );
}

/** Which column of the file is which field; guessed by the server, corrected here. */
function Columns({ batch, onMap }: { batch: calls.ImportBatch; onMap: (columns: (string | null)[]) => void }) {
  const { t } = useText();
  const [mapping, setMapping] = useState(() => batch.columns.map((c) => c.path));
  const missing = batch.fields.filter((f) => f.required && !mapping.includes(f.path));
  const changed = mapping.some((path, i) => path !== batch.columns[i]?.path);
  return (
    <section>
      <h2>{t("ui.import.columns")}</h2>
      <table className="hy-books hy-mapping">
        <tbody>{batch.columns.map((column, i) => (
          <tr key={i}><th scope="row">{column.head}</th><td className="hy-mute">{column.samples.slice(0, 3).join(" \u00b7 ")}</td>
            <td><select className="hy-text-input" aria-label={column.head} value={mapping[i] ?? ""} onChange={(e) => setMapping(mapping.map((p, k) => (k === i ? e.target.value || null : p)))}>
              <option value="">{t("ui.import.leave_out")}</option>{batch.fields.map((f) => <option key={f.path} value={f.path}>{f.label}</option>)}
            </select></td></tr>
        ))}</tbody>
      </table>
      {missing.length > 0 && <p className="hy-late">{t("ui.import.missing", { names: missing.map((f) => f.label).join(", ") })}</p>}
      {changed && <Button onClick={() => onMap(mapping)}>{t("ui.import.repair")}</Button>}
    </section>
  );
}

type RepairProps = { row: calls.StagedRow; issue: calls.StagedRow["issues"][number]; label: string; onRepair: (value: string) => void; onAside: () => void };
function Repair({ row, issue, label, onRepair, onAside }: RepairProps) {
  const { t } = useText();
  const [value, setValue] = useState(row.cells[issue.path] ?? "");
  return (
    <li>
      <span className="num hy-mute">{t("ui.import.row_no", { n: row.no })}</span>
      <span>{label}</span>
      <input className="hy-text-input" aria-label={t("ui.where.line", { n: row.no, label })} value={value} onChange={(e) => setValue(e.target.value)} onKeyDown={(e) => { if (e.key === "Enter" && !e.nativeEvent.isComposing) onRepair(value); }} />
      <span className="hy-repair-why">{issue.message}{issue.remedy && <small> {issue.remedy}</small>}</span>
      <Button size="small" type="text" onClick={onAside}>{t("ui.import.aside")}</Button>
    </li>
  );
}
