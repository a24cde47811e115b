import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Dropdown, Popover } from "antd";
import { ArrowDown, ArrowUp, Columns3, Download, FileUp, Plus, Search } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent } from "react";
import { useLocation, useNavigate } from "react-router";
import * as calls from "../api/calls";
import { newKey, type Failure as Failed } from "../api/client";
import type { Row, Screen, Spec } from "../api/types";
import { usePageKeys, usePagePath, useTabTitle } from "../app/page";
import { usePhone } from "../app/prefs";
import { paths } from "../app/routes";
import { useEnv, useSession } from "../app/session";
import * as decimal from "../fields/decimal";
import { kitOf, labelOf, type Env } from "../fields/kits";
import { inside, useText } from "../messages/text";
import { Failure } from "./Failure";
import { FilterBar } from "./FilterBar";
import "./list.css";
import { fitting, hiddenColumns, hideColumns, isParty, leads, nextOrder, paramsOf, queryOf, rememberWalk, tracksOf, widthOf } from "./listState";
import { QuickView } from "./QuickView";
import { RefusalList } from "./Refusals";
import { useScreen } from "./useScreen";
import { Value } from "./Value";
import { ReasonDialog } from "./ReasonDialog";

export function ListScreen({ id }: { id: string }) {
  const { data: screen, error, refetch } = useScreen(id);
  const { first } = useText();
  useTabTitle(first(`${id}.plural`, id));
  if (error) return <div className="hy-page"><Failure error={error} onRetry={() => void refetch()} /></div>;
  return screen ? <List screen={screen} /> : <div className="hy-page" aria-busy />;
}

/** The address of this page; a page behind another tab keeps its own. */
function useOwnQuery(): [string, (query: string) => void] {
  const path = usePagePath();
  const at = useLocation();
  const go = useNavigate();
  const [search, setSearch] = useState(at.pathname === path ? at.search : "");
  // Only what comes from elsewhere: an echo of one's own change may arrive after the next change.
  useEffect(() => {
    const own = (at.state as { own?: boolean } | null)?.own;
    if (at.pathname === path && at.search && !own) setSearch(at.search);
  }, [at, path]);
  return [search, useCallback((query: string) => {
    setSearch(query);
    void go({ pathname: path, search: query }, { replace: true, state: { own: true } });
  }, [go, path])];
}

function List({ screen }: { screen: Screen }) {
  const { t, first } = useText();
  const env = useEnv();
  const { company } = useSession();
  const go = useNavigate();
  const client = useQueryClient();
  const phone = usePhone();
  const [query, setQuery] = useOwnQuery();
  const params = useMemo(() => paramsOf(new URLSearchParams(query)), [query]);
  const setParams = (change: Partial<typeof params>) => setQuery(queryOf({ ...params, ...change }));
  const [hidden, setHidden] = useState(() => hiddenColumns(screen.id));
  const [focus, setFocus] = useState(0);
  const [quick, setQuick] = useState(false);
  const [chosen, setChosen] = useState<ReadonlyMap<number, Row>>(new Map());
  const [failed, setFailed] = useState<{ verb: string; failure: Failed } | null>(null);
  const [asking, setAsking] = useState<string | null>(null);
  const table = useRef<HTMLDivElement>(null);
  const searchField = useRef<HTMLInputElement>(null);

  const rows = useInfiniteQuery({
    queryKey: ["list", company.id, screen.id, params], initialPageParam: null as string | null, staleTime: 5_000,
    queryFn: ({ pageParam, signal }) => calls.list(screen.id, params, pageParam, signal),
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
  const all = useMemo(() => rows.data?.pages.flatMap((p) => p.rows) ?? [], [rows.data]);
  useEffect(() => rememberWalk(screen.id, all.map((r) => r.id)), [screen.id, all]);
  useEffect(() => { setFocus(0); setChosen(new Map()); setFailed(null); }, [query]);
  const wanted = useMemo(() => screen.listing.columns.map((path) => screen.fields[path]).filter((s): s is Spec => s !== undefined && !hidden.includes(s.path)), [screen, hidden]);
  const [room, setRoom] = useState(0);
  const columns = useMemo(() => (phone ? wanted : fitting(wanted, room)), [wanted, room, phone]);
  useEffect(() => {
    const el = table.current;
    if (!el) return;
    const size = new ResizeObserver(() => setRoom(el.clientWidth));
    size.observe(el);
    return () => size.disconnect();
  }, [rows.error]);
  const current = all[Math.min(focus, all.length - 1)];
  const open = (row: Row | undefined) => { if (row) void go(paths.record(screen.id, row.id)); };
  const toggle = (row: Row) => setChosen((old) => {
    const next = new Map(old);
    if (!next.delete(row.id)) next.set(row.id, row);
    return next;
  });
  useEffect(() => { if (searchField.current) searchField.current.value = params.search; }, [params.search]);
  const onScroll = () => {
    const el = table.current;
    if (el && el.scrollHeight - el.scrollTop - el.clientHeight < 600 && rows.hasNextPage && !rows.isFetching) void rows.fetchNextPage();
  };
  const move = (to: number) => {
    const at = Math.max(0, Math.min(to, all.length - 1));
    setFocus(at);
    table.current?.querySelector(`[data-index="${at}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const onKey = (e: KeyboardEvent) => {
    if ((e.target as HTMLElement).closest("input:not([type=checkbox]), button")) return;
    const page = Math.max(1, Math.floor((table.current?.clientHeight ?? 400) / 32) - 2);
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -all.length, End: all.length };
    if (e.key in steps && !e.altKey) {
      e.preventDefault();
      move(focus + steps[e.key]!);
    } else if (e.key === "Enter") {
      e.preventDefault();
      open(current);
    } else if (e.key === " " && current) {
      e.preventDefault();
      toggle(current);
    } else if (e.key === "Escape" && quick) setQuick(false);
  };
  usePageKeys(useCallback((e: globalThis.KeyboardEvent) => {
    if ((e.target as HTMLElement).closest?.("input, textarea, dialog, [role=grid] input") || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "/") {
      e.preventDefault();
      searchField.current?.focus();
    } else if (e.key.toLowerCase() === "n" && screen.can_create) {
      e.preventDefault();
      void go(paths.fresh(screen.id));
    }
  }, [go, screen]));

  const intent = useRef<{ digest: string; key: string }>({ digest: "", key: "" });
  const act = async (verb: string, reason = "", acknowledge: readonly string[] = []) => {
    setAsking(null);
    const body: calls.Act = { versions: Object.fromEntries([...chosen.values()].map((r) => [r.id, r.version])), reason, acknowledge: [...acknowledge] };
    const digest = verb + JSON.stringify(body);
    if (intent.current.digest !== digest) intent.current = { digest, key: newKey() };
    const outcome = await calls.act(screen.id, verb, body, intent.current.key);
    if (outcome.ok) {
      setFailed(null);
      setChosen(new Map());
      void client.invalidateQueries({ queryKey: ["list", company.id] });
      void client.invalidateQueries({ queryKey: ["record", company.id] });
    } else setFailed({ verb, failure: outcome });
  };
  const begin = (verb: string) => {
    const action = screen.actions.find((a) => a.verb === verb);
    if (action?.reason || action?.confirm) setAsking(verb);
    else void act(verb);
  };
  const bulk = screen.actions.filter((a) => !["withdraw", "reopen"].includes(a.verb));
  const title = first(`${screen.id}.plural`, screen.id);
  const narrowed = Object.keys(params.filter).length > 0 || params.search !== "" || params.preset !== "";

  return (
    <div className="hy-list">
      <section className="hy-list-main" aria-label={title}>
        <header className="hy-views">
          <h1>{title}</h1>
          <div role="tablist" aria-label={t("ui.views")}>
            {[{ id: "", label: "ui.view.all" }, ...screen.listing.presets].map((p) => (
              <button key={p.id} type="button" role="tab" aria-selected={p.id === params.preset} onClick={() => setParams({ preset: p.id })}>{t(p.label)}</button>
            ))}
          </div>
          {screen.can_create && <Button type="primary" icon={<Plus size={15} />} onClick={() => go(paths.fresh(screen.id))}>{t("ui.new_of", { name: inside(t(screen.id)) })}</Button>}
        </header>
        <div className="hy-filters">
          {screen.listing.search && (
            <label className="hy-search"><Search size={13} /><input
              ref={searchField} defaultValue={params.search} placeholder={t("ui.search")} aria-label={t("ui.search_in", { name: inside(title) })}
              onKeyDown={(e) => {
                if (e.nativeEvent.isComposing) return;
                if (e.key === "Enter") setParams({ search: e.currentTarget.value.trim() });
                else if (e.key === "Escape") { e.currentTarget.value = ""; setParams({ search: "" }); }
                else if (e.key === "ArrowDown") { e.preventDefault(); table.current?.focus(); }
              }}
              onBlur={(e) => e.currentTarget.value.trim() !== params.search && setParams({ search: e.currentTarget.value.trim() })}
            /></label>
          )}
          <FilterBar screen={screen} env={env} filter={params.filter} onChange={(filter) => setParams({ filter })} />
          <span className="hy-push" />
          {!phone && (
            <>
              <Popover trigger="click" placement="bottomRight" content={<ColumnChooser screen={screen} env={env} hidden={hidden} onChange={(next) => { setHidden(next); hideColumns(screen.id, next); }} />}>
                <Button type="text" size="small" icon={<Columns3 size={14} />}>{t("ui.columns")}</Button>
              </Popover>
              {screen.can_create && <Button type="text" size="small" icon={<FileUp size={14} />} onClick={() => go(paths.import(screen.id))}>{t("ui.import")}</Button>}
              <Dropdown trigger={["click"]} menu={{ items: [{ key: "xlsx", label: "Excel (.xlsx)" }, { key: "csv", label: "CSV" }], onClick: ({ key }) => window.open(calls.exportLink(screen.id, params, key as "xlsx" | "csv")) }}>
                <Button type="text" size="small" icon={<Download size={14} />}>{t("ui.export")}</Button>
              </Dropdown>
            </>
          )}
        </div>
        {failed && <RefusalList title={t("ui.bulk.refused", { verb: t(`verb.${failed.verb}`), n: chosen.size })} failure={failed.failure} onAcknowledge={(codes) => void act(failed.verb, "", codes)} onClose={() => setFailed(null)} />}
        {rows.error && !all.length ? <Failure error={rows.error} onRetry={() => void rows.refetch()} /> : (
          <div ref={table} className="hy-table" role="grid" aria-label={title} aria-rowcount={-1} tabIndex={0} onKeyDown={onKey} onScroll={onScroll} style={{ "--tracks": tracksOf(columns), "--width": `${widthOf(columns)}px` } as CSSProperties} aria-activedescendant={current ? `${screen.id}-${current.id}` : undefined} data-stale={rows.isPlaceholderData || undefined}>
            <div role="row" className="hy-tr hy-th">
              <span role="columnheader"><Checkbox aria-label={t("ui.select_all")} checked={all.length > 0 && chosen.size === all.length} indeterminate={chosen.size > 0 && chosen.size < all.length} onChange={() => setChosen(chosen.size === all.length ? new Map() : new Map(all.map((r) => [r.id, r])))} tabIndex={-1} /></span>
              {columns.map((spec) => <ColumnHead key={spec.path} spec={spec} env={env} order={params.order || (screen.listing.order[0] ?? "")} onOrder={(order) => setParams({ order })} chosen={params.order} />)}
            </div>
            {rows.isPending && Array.from({ length: 12 }, (_, i) => <div key={i} className="hy-tr hy-skeleton" role="row"><span role="gridcell" />{columns.map((c, k) => <span key={c.path} role="gridcell"><i style={{ width: `${40 + ((i * 7 + k * 13) % 45)}%` }} /></span>)}</div>)}
            {all.map((row, i) => (
              <ListRow key={row.id} id={`${screen.id}-${row.id}`} index={i} row={row} columns={columns} env={env} phone={phone} current={i === Math.min(focus, all.length - 1)} chosen={chosen.has(row.id)}
                onFocus={() => { setFocus(i); if (phone) open(row); else setQuick(true); }} onChoose={() => toggle(row)} onOpen={() => open(row)} />
            ))}
            {!rows.isPending && !all.length && <Empty screen={screen} narrowed={narrowed} onClear={() => setQuery("")} onNew={() => go(paths.fresh(screen.id))} />}
          </div>
        )}
        <footer className="hy-list-foot">
          {chosen.size > 0 ? (
            <>
              <b className="num">{t("ui.selected", { n: chosen.size })}</b>
              {sumsOf([...chosen.values()], columns, env).map(([label, sum]) => <span key={label} className="num"><small>{label}</small> {sum}</span>)}
              {bulk.map((a) => <Button key={a.verb} size="small" onClick={() => begin(a.verb)}>{t(a.label)}</Button>)}
              <Button size="small" type="text" onClick={() => setChosen(new Map())}>{t("ui.clear")}</Button>
            </>
          ) : <span className="hy-mute hy-foot-hint">{t("ui.list.hint")}</span>}
          <span className="hy-push" />
          <span className="hy-mute num" aria-live="polite">{rows.isPending ? "" : t(rows.hasNextPage ? "ui.rows_more" : "ui.rows", { n: all.length })}</span>
        </footer>
      </section>
      {quick && !phone && current && <QuickView key={current.id} screen={screen} row={current} env={env} onOpen={() => open(current)} onClose={() => setQuick(false)} />}
      {asking && <ReasonDialog screen={screen} verb={asking} count={chosen.size} onClose={() => setAsking(null)} onDone={(reason) => void act(asking, reason)} />}
    </div>
  );
}

function ColumnHead({ spec, env, order, chosen, onOrder }: { spec: Spec; env: Env; order: string; chosen: string; onOrder: (order: string) => void }) {
  const direction = order === spec.path ? "ascending" : order === `-${spec.path}` ? "descending" : undefined;
  const label = labelOf(spec, env);
  return (
    <span role="columnheader" data-align={kitOf(spec).align} aria-sort={direction}>
      {spec.sortable ? <button type="button" tabIndex={-1} onClick={() => onOrder(nextOrder(chosen, spec.path))}>{label}{direction === "ascending" ? <ArrowUp size={12} /> : direction === "descending" ? <ArrowDown size={12} /> : null}</button> : label}
    </span>
  );
}

type RowProps = { id: string; index: number; row: Row; columns: readonly Spec[]; env: Env; phone: boolean; current: boolean; chosen: boolean; onFocus: () => void; onChoose: () => void; onOpen: () => void };
function ListRow({ id, index, row, columns, env, phone, current, chosen, onFocus, onChoose, onOpen }: RowProps) {
  const name = String(row.values.number ?? row.values.code ?? row.id);
  return (
    <div role="row" id={id} data-index={index} className="hy-tr" aria-selected={chosen} data-current={current || undefined} onClick={onFocus} onDoubleClick={onOpen}>
      <span role="gridcell" onClick={(e) => e.stopPropagation()}><Checkbox checked={chosen} onChange={onChoose} aria-label={name} tabIndex={-1} /></span>
      {columns.map((spec) => (
        <span key={spec.path} role="gridcell" data-align={kitOf(spec).align} data-kind={spec.kind} data-label={phone ? labelOf(spec, env) : undefined} data-lead={leads(spec) || undefined} data-party={isParty(spec, columns) || undefined} className={spec.kind === "date" ? "hy-mute" : undefined}
          onClick={leads(spec) && !phone ? (e) => { e.stopPropagation(); onOpen(); } : undefined}>
          <Value spec={spec} value={row.values[spec.path]} env={env} beside={row.values} where="list" />
        </span>
      ))}
    </div>
  );
}

/** Totals of the rows a person chose, exact, per money column. */
function sumsOf(rows: readonly Row[], columns: readonly Spec[], env: Env): [string, string][] {
  return columns.filter((c) => c.kind === "money").map((c) => {
    const values = rows.map((r) => r.values[c.path]).filter((v): v is string => typeof v === "string" && decimal.isDecimal(v));
    return [labelOf(c, env), kitOf(c).show(decimal.add(values), c, env)];
  });
}

function ColumnChooser({ screen, env, hidden, onChange }: { screen: Screen; env: Env; hidden: readonly string[]; onChange: (hidden: readonly string[]) => void }) {
  return (
    <ul className="hy-chooser">
      {screen.listing.columns.map((path) => {
        const spec = screen.fields[path];
        return spec && (
          <li key={path}><Checkbox checked={!hidden.includes(path)} disabled={leads(spec)} onChange={() => onChange(hidden.includes(path) ? hidden.filter((p) => p !== path) : [...hidden, path])}>{labelOf(spec, env)}</Checkbox></li>
        );
      })}
    </ul>
  );
}

function Empty({ screen, narrowed, onClear, onNew }: { screen: Screen; narrowed: boolean; onClear: () => void; onNew: () => void }) {
  const { t, first } = useText();
  return (
    <div className="hy-empty">
      <h2>{t(narrowed ? "ui.empty.narrowed" : "ui.empty", { name: inside(first(`${screen.id}.plural`, screen.id)) })}</h2>
      {narrowed ? <button type="button" className="hy-plain-button" onClick={onClear}>{t("ui.empty.clear")}</button>
        : screen.can_create && <button type="button" className="hy-plain-button" onClick={onNew}>{t("ui.new_of", { name: inside(t(screen.id)) })}</button>}
    </div>
  );
}
