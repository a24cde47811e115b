import { useQuery } from "@tanstack/react-query";
import { CornerDownLeft, FileText, List, Plus, Search } from "lucide-react";
import { useDeferredValue, useId, useMemo, useState, type KeyboardEvent } from "react";
import { useNavigate } from "react-router";
import * as calls from "../api/calls";
import type { MenuModule, Row } from "../api/types";
import { isReference, nameOf } from "../fields/kits";
import { inside, useText } from "../messages/text";
import { Dialog } from "./Dialog";
import { groupsOf } from "./navigation";
import { paths } from "./routes";
import { useSession } from "./session";

type Hit = { id: string; icon: typeof List; title: string; note: string; path: string };

/** One field for everything: screens by name, documents by number, party or reference. */
export function CommandPalette({ menu, onClose }: { menu: readonly MenuModule[]; onClose: () => void }) {
  const { t, first } = useText();
  const { company } = useSession();
  const go = useNavigate();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const [at, setAt] = useState(0);
  const listId = useId();
  const documents = useMemo(() => menu.flatMap((m) => m.groups.filter((g) => g.id === "documents").flatMap((g) => g.screens.map((s) => s.id))), [menu]);
  const screens = useMemo<Hit[]>(() => menu.flatMap((m) => groupsOf(m).flatMap((g) => g.screens.flatMap((s) => {
    const title = s.key ? t(s.key) : first(`${s.id}.plural`, s.id);
    const note = t(`module.${m.module}`);
    const list: Hit = { id: s.id, icon: List, title, note, path: s.path };
    return s.create ? [list, { id: `${s.id}+`, icon: Plus, title: t("ui.new_of", { name: inside(t(s.id)) }), note, path: paths.fresh(s.id) }] : [list];
  }))), [menu, t, first]);
  const { data: found = [], isFetching } = useQuery({
    queryKey: ["command", company.id, wanted, documents.join()], enabled: wanted.length > 1, staleTime: 10_000,
    queryFn: async ({ signal }) => {
      const params = { filter: {}, search: wanted, order: "", preset: "" };
      const pages = await Promise.all(documents.slice(0, 8).map((id) => calls.list(id, params, null, signal).then((p) => p.rows.slice(0, 5).map((row) => ({ id, row }))).catch(() => [])));
      return pages.flat();
    },
  });
  const low = wanted.toLowerCase();
  const hits: Hit[] = [
    ...screens.filter((s) => !low || s.title.toLowerCase().includes(low) || s.id.includes(low)).slice(0, low ? 6 : 12),
    ...(low.length > 1 ? found : []).map(({ id, row }) => ({ id: `${id}/${row.id}`, icon: FileText, title: String(row.values.number ?? row.id), note: `${t(id)} \u00b7 ${describe(row)}`, path: paths.record(id, row.id) })),
  ];
  const take = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    go(hit.path);
  };
  const describe = (row: Row) => Object.values(row.values).filter(isReference).map((v) => nameOf(v.name, "en") || v.code).slice(0, 1).join("");
  const onKey = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      setAt((n) => (n + (e.key === "ArrowDown" ? 1 : -1) + hits.length) % Math.max(1, hits.length));
    } else if (e.key === "Enter") {
      e.preventDefault();
      take(hits[at]);
    } else if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") {
      e.preventDefault();
      onClose();
    }
  };
  return (
    <Dialog title={t("ui.command.open")} onClose={onClose} width={620} bare>
      <div className="hy-palette">
        <label><Search size={16} /><input
          autoFocus value={text} placeholder={t("ui.command.hint")} aria-label={t("ui.command.open")} role="combobox" aria-expanded aria-controls={listId} aria-activedescendant={hits[at] ? `${listId}-${at}` : undefined}
          onChange={(e) => { setText(e.target.value); setAt(0); }} onKeyDown={onKey}
        /></label>
        <ul id={listId} role="listbox" aria-label={t("ui.command.open")}>
          {hits.map((hit, i) => (
            <li key={hit.id} id={`${listId}-${i}`} role="option" aria-selected={i === at} onMouseEnter={() => setAt(i)} onMouseDown={(e) => { e.preventDefault(); take(hit); }}>
              <hit.icon size={15} strokeWidth={1.7} /><b>{hit.title}</b><span>{hit.note}</span>{i === at && <CornerDownLeft size={13} />}
            </li>
          ))}
        </ul>
        {!hits.length && !isFetching && <p className="hy-mute">{t("ui.command.nothing", { text: wanted })}</p>}
      </div>
    </Dialog>
  );
}
