import { X } from "lucide-react";
import type { KeyboardEvent } from "react";
import { useLocation, useNavigate } from "react-router";
import { useText } from "../messages/text";
import { useStore } from "./store";
import { useSession } from "./session";
import { closeOthers, closeTab, tabsOf, type Tab } from "./tabs";

/** Open pages. Middle click or Delete closes; a dot means work that is kept here but not saved. */
export function TabStrip() {
  const { t } = useText();
  const { user, company } = useSession();
  const { pathname } = useLocation();
  const go = useNavigate();
  const all = useStore(tabsOf(user.id, company.id));
  const close = (tab: Tab) => {
    const next = closeTab(tab.path);
    if (tab.path === pathname) go(next);
  };
  const onKey = (e: KeyboardEvent, tab: Tab, at: number) => {
    if (e.key === "Delete") return close(tab);
    const to = e.key === "ArrowRight" ? at + 1 : e.key === "ArrowLeft" ? at - 1 : null;
    const next = to === null ? undefined : all[(to + all.length) % all.length];
    if (next) {
      go(next.path);
      (e.currentTarget.parentElement?.querySelectorAll<HTMLElement>("[role=tab]")[all.indexOf(next)])?.focus();
    }
  };
  if (!all.length) return <div className="hy-tabs" />;
  return (
    <div className="hy-tabs">
      <div className="hy-tabs-list" role="tablist" aria-label={t("ui.tabs")}>
        {all.map((tab, i) => (
          <div
            key={tab.path} role="tab" className="hy-tab" tabIndex={tab.path === pathname ? 0 : -1} aria-selected={tab.path === pathname} title={tab.title}
            onClick={() => go(tab.path)} onKeyDown={(e) => onKey(e, tab, i)} onAuxClick={(e) => e.button === 1 && close(tab)} onDoubleClick={() => closeOthers(tab.path)}
          >
            <span>{tab.title || "\u2026"}</span>
            {tab.dirty && <i className="hy-dirty" title={t("ui.unsaved")} />}
            {/* The keyboard closes with Delete; a button inside a tab would be a second stop. */}
            <X size={13} className="hy-tab-close" aria-hidden onClick={(e) => { e.stopPropagation(); close(tab); }} />
          </div>
        ))}
      </div>
    </div>
  );
}
