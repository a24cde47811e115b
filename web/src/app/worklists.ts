import { useQueries } from "@tanstack/react-query";
import * as calls from "../api/calls";
import type { MenuModule } from "../api/types";
import { useText } from "../messages/text";
import { paths } from "./routes";
import { useSession } from "./session";

export type Worklist = { label: string; path: string; count: string; asks: boolean };
/** Presets that say when, not what is to be done. */
const passive = new Set(["all", "today", "mine"]);
const PAGE = 50;

/** The presets of the papers of some modules, each with how many rows its first page has: nothing is ever counted in full. */
export function useWorklists(modules: readonly MenuModule[], named = false): Worklist[] {
  const { t, first } = useText();
  const { company } = useSession();
  const wanted = modules.flatMap((m) => m.groups.filter((g) => g.id === "documents").flatMap((g) => g.screens.flatMap((s) => s.presets.filter((p) => !passive.has(p.id)).map((preset) => ({ screen: s.id, preset, alone: g.screens.length === 1 })))));
  const counts = useQueries({
    queries: wanted.map(({ screen, preset }) => ({
      queryKey: ["list", company.id, screen, "count", preset.id], staleTime: 30_000, retry: false,
      queryFn: async () => {
        const page = await calls.list(screen, { filter: {}, search: "", order: "", preset: preset.id }, null);
        return page.next ? `${PAGE}+` : String(page.rows.length);
      },
    })),
  });
  return wanted.map(({ screen, preset, alone }, i) => ({
    label: alone && !named ? t(preset.label) : `${first(`${screen}.plural`, screen)} \u00b7 ${t(preset.label)}`,
    path: `${paths.list(screen)}?preset=${preset.id}`, count: counts[i]?.data ?? "", asks: counts[i]?.data !== "0",
  }));
}
