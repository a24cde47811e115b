import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Dropdown, type MenuProps } from "antd";
import { Check, ChevronLeft, ChevronRight, Ellipsis, PanelRight, Plus, Printer, ScanBarcode } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useNavigate } from "react-router";
import * as calls from "../api/calls";
import type { Failure as Failed } from "../api/client";
import type { ActionSpec, RecordOf, Remedy, Screen, Spec } from "../api/types";
import { usePageKeys, usePagePath, useTabTitle } from "../app/page";
import { setPref, usePhone, usePrefs } from "../app/prefs";
import { paths } from "../app/routes";
import { useEnv, useSession } from "../app/session";
import { moveTab } from "../app/tabs";
import { shortInstant } from "../fields/date";
import { isReference, kitOf, labelOf, nameOf, type Env } from "../fields/kits";
import { LineGrid } from "../grid/LineGrid";
import { inside, useText } from "../messages/text";
import { densities } from "../theme/tokens";
import type { DraftLine } from "./columns";
import { ConflictDialog } from "./ConflictDialog";
import "./document.css";
import { DraftStore } from "./draft";
import { Failure } from "./Failure";
import { FieldInput } from "./FieldInput";
import { LineCards } from "./LineCards";
import { neighbour } from "./listState";
import { Panel } from "./Panel";
import { ReasonDialog } from "./ReasonDialog";
import { CellRefusal, RefusalList, type Obstacle } from "./Refusals";
import { StateIcon } from "./StateChip";
import { useScreen } from "./useScreen";
import { Value } from "./Value";

type Props = { screenId: string; pk: number | null; draft: string };

export function FormScreen({ screenId, pk, draft }: Props) {
  const { company } = useSession();
  const screen = useScreen(screenId);
  const { t } = useText();
  const record = useQuery({ queryKey: ["record", company.id, screenId, pk ?? "new", draft], queryFn: ({ signal }) => calls.record(screenId, pk ?? "new", signal), staleTime: Infinity, gcTime: 0 });
  const error = screen.error ?? record.error;
  useTabTitle(error ? t(screenId) : "");
  if (error) return <div className="hy-page"><Failure error={error} onRetry={() => { void screen.refetch(); void record.refetch(); }} /></div>;
  if (!screen.data || !record.data) return <div className="hy-page" aria-busy />;
  return <Form key={screen.data.hash} screen={screen.data} record={record.data} draft={draft} />;
}

/** Verbs that go back or give up are never the next step. */
const BACKWARD = new Set(["withdraw", "reject", "cancel", "reverse", "reopen"]);

function Form({ screen, record, draft }: { screen: Screen; record: RecordOf; draft: string }) {
  const { t } = useText();
  const env = useEnv();
  const { user, company } = useSession();
  const client = useQueryClient();
  const go = useNavigate();
  const page = usePagePath();
  const phone = usePhone();
  const { panel, density } = usePrefs();
  const [store] = useState(() => new DraftStore(screen, record, env, `${user.id}.${company.id}.${screen.id}.${draft}`));
  useSyncExternalStore(store.subscribe, store.version);
  const [busy, setBusy] = useState<string | null>(null);
  const [asking, setAsking] = useState<string | null>(null);
  const [tried, setTried] = useState<{ verb: string; failure: Failed | null } | null>(null);
  const [conflict, setConflict] = useState<{ failure: Failed; latest: RecordOf; then: string | null } | null>(null);
  const main = useRef<HTMLDivElement>(null);
  const { base } = store;
  const name = recordName(store, env);
  const title = base.id === null ? t("ui.new_of", { name: inside(t(screen.id)) }) : `${t(screen.id)} ${name}`;
  useTabTitle(title, store.dirty);
  useEffect(() => store.speak(env), [store, env]);
  useEffect(() => {
    const keep = () => store.keepNow();
    addEventListener("pagehide", keep);
    return () => {
      removeEventListener("pagehide", keep);
      store.close();
    };
  }, [store]);
  // A new paper starts at its first field that is empty.
  useEffect(() => {
    if (store.isNew && !phone) [...(main.current?.querySelectorAll<HTMLInputElement>(".hy-sections input.hy-field-input") ?? [])].find((el) => !el.value)?.focus();
  }, [store, phone]);

  const refresh = (saved: RecordOf) => {
    void client.invalidateQueries({ queryKey: ["list", company.id, screen.id] });
    void client.invalidateQueries({ queryKey: ["panel", company.id, screen.id, saved.id] });
    void client.invalidateQueries({ queryKey: ["record", company.id, screen.id, saved.id, "quick"] });
    void client.invalidateQueries({ queryKey: ["report", company.id] });
  };
  const arrive = (saved: RecordOf) => {
    refresh(saved);
    if (saved.id !== null && page.includes("/new")) {
      const to = paths.record(screen.id, saved.id);
      client.setQueryData(["record", company.id, screen.id, saved.id, String(saved.id)], saved);
      moveTab(page, to);
      void go(to, { replace: true });
    }
  };
  /** Saves what is typed. False: it was refused and the page shows why. */
  const save = async (then: string | null = null): Promise<boolean> => {
    if (store.grid && !store.grid.commit()) return false;
    const outcome = await store.save();
    if (outcome.ok) {
      setTried(null);
      return true;
    }
    if (outcome.status === 409 && base.id !== null) {
      const latest = await calls.record(screen.id, base.id).catch(() => null);
      if (latest) setConflict({ failure: outcome, latest, then });
      else store.refuse(outcome);
    } else setTried({ verb: "save", failure: outcome.refusals.length ? null : outcome });
    return false;
  };
  const saveOnly = async () => {
    if (busy || !store.editable) return;
    setBusy("save");
    const done = await save();
    setBusy(null);
    if (done) arrive(store.base);
  };
  const perform = async (verb: string, reason = "", acknowledge: readonly string[] = []) => {
    setAsking(null);
    setBusy(verb);
    const fresh = store.isNew;
    if (store.dirty || store.isNew) {
      if (!(await save(verb))) return setBusy(null);
    }
    const { id, version } = store.base;
    const body: calls.Act = { versions: { [String(id)]: version }, reason, acknowledge: [...acknowledge] };
    const outcome = await calls.act(screen.id, verb, body, store.intent(verb, body));
    if (outcome.ok && id !== null) {
      const saved = await calls.record(screen.id, id).catch(() => null);
      if (saved) store.adopt(saved);
      setTried(null);
      refresh(store.base);
    } else if (!outcome.ok) {
      store.refuse(outcome);
      setTried({ verb, failure: outcome });
    }
    setBusy(null);
    if (fresh) arrive(store.base);
  };
  const begin = (verb: string) => {
    if (busy) return;
    if (store.grid && !store.grid.commit()) return;
    const action = screen.actions.find((a) => a.verb === verb);
    if (action?.confirm || action?.reason) setAsking(verb);
    else void perform(verb);
  };
  const offered = screen.actions.filter((a) => base.can.includes(a.verb) || (base.id === null && a.verb === "submit" && store.editable));
  const next = offered.find((a) => !BACKWARD.has(a.verb)) ?? null;
  const primary: ActionSpec | null = screen.kind === "master" ? null : next;
  const primaryAct = () => (primary ? begin(primary.verb) : store.editable ? void saveOnly() : undefined);
  const focusLines = () => main.current?.querySelector<HTMLInputElement>(".hy-lines .hy-input")?.focus();

  usePageKeys(useCallback((e: KeyboardEvent) => {
    if ((e.target as HTMLElement).closest?.("dialog")) return;
    const mod = e.ctrlKey || e.metaKey;
    if (mod && e.key.toLowerCase() === "s") {
      e.preventDefault();
      void saveOnly();
    } else if (mod && e.key === "Enter") {
      e.preventDefault();
      primaryAct();
    } else if (mod && e.key.toLowerCase() === "p" && base.id !== null && screen.prints.length) {
      e.preventDefault();
      window.open(calls.printLink(screen.id, base.id, printId(screen.prints[0]!)));
    } else if (e.altKey && (e.key === "ArrowUp" || e.key === "ArrowDown") && base.id !== null && !(e.target as HTMLElement).closest?.(".hy-lines, [role=combobox]")) {
      const to = neighbour(screen.id, base.id, e.key === "ArrowDown" ? 1 : -1);
      if (to) {
        e.preventDefault();
        void go(to);
      }
    } else if (e.key === "Escape" && !e.defaultPrevented && !(e.target as HTMLElement).closest?.("input, textarea, .ant-dropdown")) void go(paths.list(screen.id));
  }, [busy, store, primary, base]));

  const goTo = (o: { line: string | null; field: string | null }) => {
    if (o.line !== null && store.grid) {
      store.grid.show(o.line, o.field);
      focusLines();
    } else if (o.field) main.current?.querySelector<HTMLElement>(`[id="${screen.id}-${draft}-${o.field}"]`)?.focus();
  };
  const onSet = (remedy: Remedy) => {
    if (remedy.set) store.put(remedy.set.line, remedy.set.field, remedy.set.value);
  };
  const obstacles: Obstacle[] = store.obstacles().map((o) => ({ ...o, where: whereOf(o, screen, store, env) }));
  const shownObstacles = obstacles.filter((o) => o.refusal === null || tried !== null || o.tone === "danger");
  const hard = shownObstacles.filter((o) => o.tone === "danger").length;
  const verbWord = tried && tried.verb !== "save" ? t(screen.actions.find((a) => a.verb === tried.verb)?.label ?? `verb.${tried.verb}`) : t("ui.save");

  return (
    <div className="hy-doc" ref={main}>
      <header className="hy-doc-head">
        {base.id !== null && !phone && <Neighbours screen={screen} id={base.id} />}
        <h1 className="num" title={title}>{base.id === null ? title : name}</h1>
        <HeadFacts screen={screen} store={store} env={env} />
        {screen.steps.length > 0 && <Steps screen={screen} state={base.state ?? "draft"} isNew={base.id === null} />}
        <span className="hy-push" />
        <Kept store={store} env={env} />
        {!phone && base.id !== null && screen.prints.length > 0 && <PrintButton screen={screen} id={base.id} />}
        {(primary || store.editable) && (
          <Button type="primary" className="hy-primary" loading={busy !== null && busy !== "save-quiet" ? { delay: 300 } : false} disabled={!primary && !store.dirty && !store.isNew} onClick={primaryAct}>
            {primary ? t(primary.label) : t("ui.save")}<kbd>{primary ? "Ctrl \u21b5" : "Ctrl S"}</kbd>
          </Button>
        )}
        <MoreMenu screen={screen} store={store} offered={offered.filter((a) => a !== primary)} hasPrimary={primary !== null} onAct={begin} onSave={() => void saveOnly()} />
        {!phone && base.id !== null && <button type="button" className="hy-icon" aria-pressed={panel} aria-label={t("ui.panel")} title={t("ui.panel")} onClick={() => setPref({ panel: !panel })}><PanelRight size={16} strokeWidth={1.7} /></button>}
      </header>
      <div className="hy-doc-body">
        <div className="hy-doc-main">
          {(shownObstacles.length > 0 || store.fault || tried?.failure) && (
            <RefusalList
              title={hard ? t("ui.refused", { n: hard, verb: verbWord }) : shownObstacles.length ? t("ui.warned", { n: shownObstacles.length, verb: verbWord }) : t("ui.not_done", { verb: verbWord })}
              obstacles={shownObstacles} failure={store.fault ?? (tried?.failure && !tried.failure.refusals.length ? tried.failure : null)} onGo={goTo} onSet={onSet}
              {...(tried && tried.failure?.status === 428 ? { onAcknowledge: (codes: readonly string[]) => void perform(tried.verb, "", codes) } : {})}
              onClose={() => { setTried(null); store.refuse({ ok: false, status: 200, refusals: [], trace: null }); }}
            />
          )}
          <Sections screen={screen} store={store} env={env} prefix={`${screen.id}-${draft}-`} />
          {store.grid && screen.lines && (
            <>
              <div className="hy-lines-bar">
                <h2>{t("ui.lines")}</h2><span className="hy-mute num">{t("ui.lines_count", { n: store.lines().length })}</span><span className="hy-push" />
                {store.editable && !phone && screen.lines.enter === "product" && <ScanButton store={store} />}
                {store.editable && <Button type="text" size="small" icon={<Plus size={14} />} onClick={() => store.grid?.addLine()}>{t("ui.add_line")}</Button>}
              </div>
              {phone ? <LineCards store={store} lines={screen.lines} env={env} /> : (
                <div className="hy-doc-grid">
                  <LineGrid
                    session={store.grid} rowHeight={densities[density].row} {...(primary ? { onPrimary: primaryAct } : {})}
                    labels={{ grid: t("ui.lines"), line: "#", apply: t("ui.paste.apply"), discard: t("ui.paste.discard"), pastePreview: (r, c, bad) => t(bad ? "ui.paste.some_bad" : "ui.paste.preview", { r, c, bad }), position: (line, column, at, of) => t("ui.grid.position", { line, column, at, of }) }}
                    bubble={(row, column) => <Bubble store={store} row={row} column={column.id} onSet={onSet} />}
                  />
                </div>
              )}
              <Totals screen={screen} store={store} env={env} />
            </>
          )}
          {!store.grid && <span className="hy-push" />}
          {phone && (primary || store.editable) && <div className="hy-phone-deed"><Button type="primary" loading={busy !== null ? { delay: 300 } : false} onClick={primaryAct}>{primary ? t(primary.label) : t("ui.save")}</Button></div>}
        </div>
        {base.id !== null && (panel || phone) && <Panel screen={screen} id={base.id} version={base.version} />}
      </div>
      {asking && <ReasonDialog screen={screen} verb={asking} count={1} name={name} onClose={() => setAsking(null)} onDone={(reason) => void perform(asking, reason)} />}
      {conflict && (
        <ConflictDialog
          screen={screen} env={env} failure={conflict.failure} latest={conflict.latest} mine={store.values}
          onClose={() => setConflict(null)}
          onTheirs={() => { store.adopt(conflict.latest); setConflict(null); }}
          onMerge={(keep) => {
            store.rebase(conflict.latest, keep);
            const { then } = conflict;
            setConflict(null);
            if (then) void perform(then);
            else void saveOnly();
          }}
        />
      )}
    </div>
  );
}

/** What people call this record: its number, its code, or its name. */
function recordName({ base, values }: DraftStore, env: Env): string {
  return String(base.number ?? values.number ?? values.code ?? (nameOf(values.name, env.language) || (base.id ?? "")));
}

/** "Line 3 quantity", or the label of a field of the head. */
function whereOf(o: { line: string | null; field: string | null }, screen: Screen, store: DraftStore, env: Env): string | null {
  if (o.line !== null) {
    const spec = o.field ? screen.lines?.fields[o.field] : undefined;
    return env.t("ui.where.line", { n: store.lineNumber(o.line), label: spec ? labelOf(spec, env) : "" }).trim();
  }
  const spec = o.field ? screen.fields[o.field] : undefined;
  return spec ? labelOf(spec, env) : null;
}

function Bubble({ store, row, column, onSet }: { store: DraftStore; row: DraftLine; column: string; onSet: (remedy: Remedy) => void }) {
  const texts = store.grid?.view(store.grid.rows.findIndex((r) => r.key === row.key)).problems.filter((p) => p.column === column) ?? [];
  const said = store.said().find((r) => r.cell?.field === column && r.cell.line != null && store.rowOf(r.cell.line)?.key === row.key);
  return texts.length ? <CellRefusal texts={texts} remedy={said?.remedy ?? null} onSet={onSet} /> : null;
}

/** Party and amount: what the paper is about, without opening it. */
function HeadFacts({ screen, store, env }: { screen: Screen; store: DraftStore; env: Env }) {
  const { company } = useSession();
  if (store.isNew) return null;
  const shown = screen.sections.flatMap((s) => s.fields).map((p) => screen.fields[p]).filter((f): f is Spec => f !== undefined);
  const party = screen.kind === "master" ? undefined : shown.find((f) => f.kind === "reference" && isReference(store.values[f.path]));
  const total = [...(screen.lines?.totals ?? [])].reverse().map((p) => screen.fields[p]).find((f) => f?.kind === "money");
  const value = party && store.values[party.path];
  return (
    <>
      {isReference(value) && <span className="hy-party" title={nameOf(value.name, env.language)}>{nameOf(value.name, env.language) || value.code}</span>}
      {!party && screen.kind === "master" && <span className="hy-party">{nameOf(store.values.name, env.language)}</span>}
      {total && store.values[total.path] !== undefined && <span className="hy-head-amount num"><small>{company.currency}</small> {kitOf(total).show(store.values[total.path], total, env, store.values)}</span>}
    </>
  );
}

function Steps({ screen, state, isNew }: { screen: Screen; state: string; isNew: boolean }) {
  const { t } = useText();
  const at = screen.steps.indexOf(state);
  const steps = at < 0 ? [state] : screen.steps;
  return (
    <ol className="hy-steps" aria-label={t("ui.steps")}>
      {steps.map((step, i) => {
        const done = at >= 0 && i < at;
        const now = at < 0 || i === at;
        return (
          <li key={step} data-at={done ? "done" : now ? "now" : undefined} aria-current={now ? "step" : undefined}>
            {done ? <Check size={12} /> : now ? <StateIcon state={isNew ? "draft" : step} size={13} /> : null}<span title={t(`state.${step}`)}>{t(`state.${step}`)}</span>
          </li>
        );
      })}
    </ol>
  );
}

function Kept({ store, env }: { store: DraftStore; env: Env }) {
  const { t } = env;
  if (store.keptAt && store.dirty) return <span className="hy-mute hy-saved" role="status"><Check size={13} /><span>{t(store.restored ? "ui.draft.restored" : "ui.draft.kept", { at: shortInstant(store.keptAt, env.zone) })}</span></span>;
  return null;
}

function Neighbours({ screen, id }: { screen: Screen; id: number }) {
  const { t } = useText();
  const go = useNavigate();
  const [up, down] = [neighbour(screen.id, id, -1), neighbour(screen.id, id, 1)];
  if (!up && !down) return null;
  return (
    <span className="hy-nav">
      <button type="button" aria-label={t("ui.previous")} title={`${t("ui.previous")} (Alt \u2191)`} disabled={!up} onClick={() => up && void go(up)}><ChevronLeft size={16} /></button>
      <button type="button" aria-label={t("ui.next")} title={`${t("ui.next")} (Alt \u2193)`} disabled={!down} onClick={() => down && void go(down)}><ChevronRight size={16} /></button>
    </span>
  );
}

const printId = (print: Screen["prints"][number]): string => (typeof print === "string" ? print : print.id);
const printLabel = (print: Screen["prints"][number]): string => (typeof print === "string" ? `print.${print}` : print.label);
function PrintButton({ screen, id }: { screen: Screen; id: number }) {
  const { t } = useText();
  const open = (form: string) => window.open(calls.printLink(screen.id, id, form));
  const button = <Button type="text" icon={<Printer size={15} />} aria-label={t("ui.print")} title={`${t("ui.print")} (Ctrl P)`} onClick={screen.prints.length === 1 ? () => open(printId(screen.prints[0]!)) : undefined} />;
  if (screen.prints.length === 1) return button;
  return <Dropdown trigger={["click"]} menu={{ items: screen.prints.map((p) => ({ key: printId(p), label: t(printLabel(p)) })), onClick: ({ key }) => open(key) }}>{button}</Dropdown>;
}

type MoreProps = { screen: Screen; store: DraftStore; offered: readonly ActionSpec[]; hasPrimary: boolean; onAct: (verb: string) => void; onSave: () => void };
function MoreMenu({ screen, store, offered, hasPrimary, onAct, onSave }: MoreProps) {
  const { t } = useText();
  const go = useNavigate();
  const items: MenuProps["items"] = [
    ...(hasPrimary && store.editable ? [{ key: "ui:save", label: <span className="hy-menu-key">{t("ui.save_draft")}<kbd>Ctrl S</kbd></span>, disabled: !store.dirty && !store.isNew }] : []),
    ...offered.map((a) => ({ key: a.verb, label: t(a.label), danger: ["cancel", "reverse"].includes(a.verb) })),
    ...(store.dirty && !store.isNew ? [{ key: "ui:discard", label: t("ui.discard_changes") }] : []),
    ...(screen.can_create ? [{ type: "divider" as const }, { key: "ui:new", label: t("ui.new_of", { name: inside(t(screen.id)) }) }] : []),
  ];
  const onClick: MenuProps["onClick"] = ({ key }) => {
    if (key === "ui:save") onSave();
    else if (key === "ui:discard") store.discard();
    else if (key === "ui:new") void go(paths.fresh(screen.id));
    else onAct(key);
  };
  return <Dropdown trigger={["click"]} placement="bottomRight" menu={{ items, onClick }}><Button aria-label={t("ui.more")} icon={<Ellipsis size={16} />} /></Dropdown>;
}

function ScanButton({ store }: { store: DraftStore }) {
  const { t } = useText();
  const grid = store.grid!;
  const [on, setOn] = useState(grid.scanning);
  const toggle = () => {
    grid.scanning = !on;
    setOn(!on);
    if (!on) grid.addLine();
  };
  return <Button type="text" size="small" aria-pressed={on} className={on ? "hy-on" : undefined} title={t("ui.scan.hint")} icon={<ScanBarcode size={14} />} onClick={toggle}>{t("ui.scan")}</Button>;
}

function Sections({ screen, store, env, prefix }: { screen: Screen; store: DraftStore; env: Env; prefix: string }) {
  const { t } = useText();
  const [detail, setDetail] = useState(false);
  const sections = screen.sections.filter((s) => s.show === "always" || detail);
  const folded = screen.sections.filter((s) => s.show === "detail");
  const named = screen.kind === "master" || screen.sections.length > 3;
  return (
    <div className="hy-sections" data-walk>
      {sections.map((section) => (
        <section key={section.id} aria-label={t(section.label)}>
          {named && <h3>{t(section.label)}</h3>}
          <dl>{section.fields.map((path) => {
            const spec = screen.fields[path];
            return spec && <FormField key={path} id={prefix + path} spec={spec} store={store} env={env} />;
          })}</dl>
        </section>
      ))}
      {folded.length > 0 && <button type="button" className="hy-fold" aria-expanded={detail} onClick={() => setDetail(!detail)}>{t(detail ? "ui.less" : "ui.more_fields")}</button>}
    </div>
  );
}
function FormField({ id, spec, store, env }: { id: string; spec: Spec; store: DraftStore; env: Env }) {
  const value = store.values[spec.path];
  const readOnly = spec.edit === "never" || spec.kind === "state" || (!store.editable && spec.edit !== "always");
  const refusal = store.said().find((r) => r.cell?.line == null && r.cell?.field === spec.path);
  const label = labelOf(spec, env);
  return (
    <div data-wide={spec.kind === "longtext" || undefined}>
      <dt title={label}><label htmlFor={readOnly ? undefined : id}>{label}</label>{spec.required && !readOnly && <i className="hy-required" aria-hidden>*</i>}</dt>
      <dd data-read={readOnly || undefined}>
        {readOnly ? <Value spec={spec} value={value} env={env} beside={store.values} where="form" />
          : <FieldInput id={id} spec={spec} label={label} value={value} env={env} problem={refusal?.message ?? null} tone={refusal ? (refusal.kind === "warning" ? "attention" : "danger") : null} onChange={(next) => store.set(spec.path, next)} />}
      </dd>
    </div>
  );
}

function Totals({ screen, store, env }: { screen: Screen; store: DraftStore; env: Env }) {
  const { company } = useSession();
  const totals = useMemo(() => (screen.lines?.totals ?? []).map((p) => screen.fields[p]).filter((f): f is Spec => f !== undefined), [screen]);
  if (!totals.length) return null;
  return (
    <footer className="hy-totals" data-computing={store.computing || undefined}>
      <span className="hy-push" />
      {totals.some((f) => f.kind === "money") && <span className="hy-mute">{company.currency}</span>}
      {totals.map((f, i) => <span key={f.path} className={i === totals.length - 1 ? "hy-grand" : undefined}>{labelOf(f, env)} <b className="num">{kitOf(f).show(store.values[f.path], f, env, store.values) || "\u2013"}</b></span>)}
    </footer>
  );
}
