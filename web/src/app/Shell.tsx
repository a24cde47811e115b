import { useQuery } from "@tanstack/react-query";
import { AlertTriangle, Inbox as InboxIcon, Keyboard, Menu as MenuIcon, Search } from "lucide-react";
import { Activity, lazy, Suspense, useEffect, useMemo, useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import * as calls from "../api/calls";
import type { MenuModule } from "../api/types";
import { useText } from "../messages/text";
import { CommandPalette } from "./CommandPalette";
import { CompanyMenu, LanguageMenu, PersonMenu } from "./menus";
import { groupsOf, iconOf, inOrder } from "./navigation";
import { setPref, usePhone, usePrefs } from "./prefs";
import { moduleOf, pages, place, type Place } from "./routes";
import { useSession } from "./session";
import { useStore } from "./store";
import { TabStrip } from "./TabStrip";
import { KEPT, openTab, tabsOf } from "./tabs";
import { PageContext } from "./page";
import { useWorklists } from "./worklists";

const KeyHelp = lazy(() => import("./KeyHelp").then((m) => ({ default: m.KeyHelp })));

export function Shell() {
  const { user, company } = useSession();
  const { t } = useText();
  const { pathname } = useLocation();
  const at = place(pathname);
  const phone = usePhone();
  const { menu: menuWanted } = usePrefs();
  const [sheet, setSheet] = useState(false);
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  tabsOf(user.id, company.id);
  const { data } = useQuery({ queryKey: ["menu", company.id], queryFn: calls.menu, staleTime: 5 * 60_000 });
  const menu = useMemo(() => inOrder(data ?? []), [data]);
  const [module, setModule] = useState<string | null>(null);
  useEffect(() => { setModule(null); setSheet(false); }, [pathname]);
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      const typing = (e.target as HTMLElement).closest?.("input, textarea, [contenteditable]");
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") {
        e.preventDefault();
        setPalette((now) => !now);
      } else if (e.key === "?" && !typing && !e.ctrlKey) {
        e.preventDefault();
        setHelp(true);
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const open = module ?? moduleOf(at) ?? null;
  const current = menu.find((m) => m.module === open);
  const document = at.page === "record";
  const showMenu = !phone && current !== undefined && menuWanted && (!document || module !== null);
  return (
    <div className="hy-shell" data-menu={showMenu || undefined}>
      <a className="hy-skip" href="#hy-main">{t("ui.skip_to_content")}</a>
      <header className="hy-top">
        {phone
          ? <button type="button" className="hy-icon" aria-label={t("ui.menu")} aria-expanded={sheet} onClick={() => setSheet(!sheet)}><MenuIcon size={20} /></button>
          : <Link to="/" className="hy-mark" aria-label={t("ui.home")}><Mark /></Link>}
        <CompanyMenu />
        <button type="button" className="hy-command" onClick={() => setPalette(true)} aria-label={t("ui.command.open")}>
          <Search size={14} /><span>{t("ui.command.hint")}</span><kbd>Ctrl K</kbd>
        </button>
        <span className="hy-top-end">
          <Counts />
          {!phone && <button type="button" className="hy-icon" aria-label={t("ui.keys")} title={`${t("ui.keys")} (?)`} onClick={() => setHelp(true)}><Keyboard size={16} strokeWidth={1.7} /></button>}
          <LanguageMenu />
          <PersonMenu />
        </span>
      </header>
      {!phone && (
        <nav className="hy-rail" aria-label={t("ui.modules")}>
          {menu.map((m) => {
            const Icon = iconOf(m.module);
            return (
              <button key={m.module} type="button" aria-current={m.module === open ? "true" : undefined} aria-expanded={m.module === open && showMenu} onClick={() => { setPref({ menu: m.module === open && showMenu ? false : true }); setModule(m.module); }}>
                <Icon size={18} strokeWidth={1.6} /><span>{t(`module.${m.module}`)}</span>
              </button>
            );
          })}
        </nav>
      )}
      {showMenu && current && <ModuleMenu module={current} at={at} />}
      {phone && sheet && (
        <div className="hy-sheet">{menu.map((m) => <ModuleMenu key={m.module} module={m} at={at} />)}</div>
      )}
      {!phone && <TabStrip />}
      <main id="hy-main" className="hy-main" tabIndex={-1}><KeptPages /></main>
      {palette && <CommandPalette menu={menu} onClose={() => setPalette(false)} />}
      <Suspense>
        {help && <KeyHelp onClose={() => setHelp(false)} />}
      </Suspense>
    </div>
  );
}

/** Two strokes of a roof over an open door: one company under one roof. */
export function Mark() {
  return <svg viewBox="0 0 28 28" width="28" height="28" aria-hidden><path d="M14 5.2 22 11.6M14 5.2 6 11.6M9.6 13h8.8M9.2 16.4h9.6v6.2H9.2z" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" /></svg>;
}

function Counts() {
  const { t } = useText();
  const { company } = useSession();
  const { data } = useQuery({ queryKey: ["inbox", company.id, "counts"], queryFn: calls.inboxCounts, refetchInterval: 60_000, retry: false });
  const { exceptions = 0, ...waiting } = data ?? {};
  const tasks = Object.values(waiting).reduce((sum, n) => sum + n, 0);
  return (
    <>
      <Link to="/inbox" className="hy-count" aria-label={t("ui.inbox.count", { n: tasks })}><InboxIcon size={16} strokeWidth={1.7} /><span>{t("ui.inbox")}</span>{tasks > 0 && <b>{tasks}</b>}</Link>
      {exceptions > 0 && <Link to="/exceptions.case" className="hy-count" data-tone="attention"><AlertTriangle size={16} strokeWidth={1.7} /><span>{t("ui.problems")}</span><b>{exceptions}</b></Link>}
    </>
  );
}

function ModuleMenu({ module, at }: { module: MenuModule; at: Place }) {
  const { t, first } = useText();
  const screen = "screen" in at ? at.screen : null;
  return (
    <nav className="hy-menu" aria-label={t(`module.${module.module}`)}>
      <h2>{t(`module.${module.module}`)}</h2>
      <Worklists module={module} />
      {groupsOf(module).map((group) => (
        <section key={group.id}>
          <h3>{t(`group.${group.id}`)}</h3>
          {group.screens.map((s) => (
            <Link key={s.id} to={s.path} aria-current={s.id === screen || (s.id === "trial-balance" && (at.page === "trial-balance" || at.page === "ledger")) ? "page" : undefined}><span>{s.key ? t(s.key) : first(`${s.id}.plural`, s.id)}</span></Link>
          ))}
        </section>
      ))}
    </nav>
  );
}

/** What waits in this module, by the presets of its papers, each with how many there are. */
function Worklists({ module }: { module: MenuModule }) {
  const { t } = useText();
  const work = useWorklists([module]);
  if (!work.length) return null;
  return (
    <section>
      <h3>{t("ui.worklists")}</h3>
      {work.map((w) => <Link key={w.path} to={w.path}><span>{w.label}</span><b className="num" data-some={w.count !== "0" || undefined}>{w.count}</b></Link>)}
    </section>
  );
}

/** Open pages stay in the document, hidden: coming back finds them as they were left. */
function KeptPages() {
  const { pathname } = useLocation();
  const all = useStore(tabsOf(useSession().user.id, useSession().company.id));
  const [visited, setVisited] = useState<readonly string[]>([]);
  useEffect(() => {
    if (place(pathname).page !== "nowhere" && pathname !== "/") openTab(pathname);
    setVisited((now) => [pathname, ...now.filter((p) => p !== pathname)].slice(0, KEPT));
  }, [pathname]);
  const kept = [...new Set([pathname, ...visited])].filter((p) => p === pathname || all.some((tab) => tab.path === p)).sort();
  return kept.map((path) => (
    <Activity key={path} mode={path === pathname ? "visible" : "hidden"}>
      <PageContext value={path}><Suspense fallback={<div className="hy-page" aria-busy="true" />}><PageAt at={place(path)} /></Suspense></PageContext>
    </Activity>
  ));
}
function PageAt({ at }: { at: Place }) {
  switch (at.page) {
    case "list":
      return <pages.List id={at.screen} />;
    case "record":
      return <pages.Form screenId={at.screen} pk={at.id} draft={at.draft} />;
    case "trial-balance":
      return <pages.TrialBalance />;
    case "ledger":
      return <pages.Ledger account={at.account} />;
    case "inbox":
      return <pages.Inbox />;
    case "import":
      return <pages.Import screenId={at.screen} />;
    case "home":
      return <pages.Home />;
    default:
      return <Nowhere />;
  }
}
function Nowhere() {
  const { t } = useText();
  const go = useNavigate();
  return <div className="hy-page hy-state-page"><h1>{t("ui.nowhere")}</h1><p>{t("ui.nowhere.text")}</p><button type="button" className="hy-plain-button" onClick={() => go("/")}>{t("ui.home")}</button></div>;
}
