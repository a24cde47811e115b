import type { Filter, Range, Screen, Spec, Value } from "../api/types";
import type { ListParams } from "../api/calls";
import { isReference } from "../fields/kits";
import { keep, stored } from "../app/store";
import { paths } from "../app/routes";

/** What a list is narrowed to, as its address says it: a list can be sent to a colleague. */
export function paramsOf(query: URLSearchParams): ListParams {
  let filter: Filter = {};
  try {
    filter = JSON.parse(query.get("filter") ?? "{}") as Filter;
  } catch {
    // An address somebody shortened by hand narrows nothing.
  }
  return { filter, search: query.get("search") ?? "", order: query.get("order") ?? "", preset: query.get("preset") ?? "" };
}
export function queryOf(p: ListParams): string {
  const query = new URLSearchParams();
  if (p.preset) query.set("preset", p.preset);
  if (Object.keys(p.filter).length) query.set("filter", JSON.stringify(p.filter));
  if (p.search) query.set("search", p.search);
  if (p.order) query.set("order", p.order);
  const text = query.toString();
  return text ? `?${text}` : "";
}
/** Column heads turn: up, down, as the screen has it. */
export const nextOrder = (now: string, path: string): string => (now === path ? `-${path}` : now === `-${path}` ? "" : path);
export const without = (filter: Filter, path: string): Filter => Object.fromEntries(Object.entries(filter).filter(([p]) => p !== path));
export const isRange = (value: Filter[string]): value is Range => typeof value === "object" && !Array.isArray(value);

/** The columns a person wants to see of a list, in the screen's order. */
export const hiddenColumns = (screen: string): readonly string[] => stored<readonly string[]>(`columns.${screen}`, []);
export const hideColumns = (screen: string, hidden: readonly string[]): void => keep(`columns.${screen}`, hidden);

/** The order of the list one came from: Alt with the arrows walks along it. */
const walks = new Map<string, readonly number[]>();
export const rememberWalk = (screen: string, ids: readonly number[]): void => { walks.set(screen, ids); };
export function neighbour(screen: string, id: number, by: 1 | -1): string | null {
  const ids = walks.get(screen) ?? [];
  const at = ids.indexOf(id);
  const next = at < 0 ? undefined : ids[at + by];
  return next === undefined ? null : paths.record(screen, next);
}

/** Names people read first: the number or code leads, the party or name takes the room. */
export const leads = (spec: Spec): boolean => spec.path === "number" || spec.path === "code";
/** Least width and share of the room that is left. */
export function trackOf(spec: Spec, party: boolean): readonly [least: number, share: number] {
  if (leads(spec)) return [124, 0];
  if (party) return [168, 3];
  switch (spec.kind) {
    case "state":
      return [116, 0];
    case "date":
      return [80, 0];
    case "instant":
      return [132, 0];
    case "boolean":
      return [72, 0];
    case "money":
      return [124, 0.3];
    case "quantity":
    case "price":
      return [100, 0.2];
    case "integer":
    case "rate":
      return [84, 0];
    case "reference":
      return spec.path.endsWith("unit") ? [72, 0.1] : [104, 0.6];
    case "choice":
      return [92, 0.3];
    default:
      return [104, 0.6];
  }
}
export const CHECK = 36;
/** The first reference of a list is whom or what it is about: the customer, the supplier, the category. */
export const isParty = (spec: Spec, columns: readonly Spec[]): boolean => spec.path === "name" || (!columns.some((x) => x.path === "name") && spec === columns.find((x) => x.kind === "reference"));
const tracks = (columns: readonly Spec[]) => columns.map((c) => trackOf(c, isParty(c, columns)));
export const tracksOf = (columns: readonly Spec[]): string => `${CHECK}px ${tracks(columns).map(([least, share]) => (share ? `minmax(${least}px, ${share}fr)` : `${least}px`)).join(" ")}`;
export const widthOf = (columns: readonly Spec[]): number => CHECK + 20 + tracks(columns).reduce((sum, [least]) => sum + least, 0);
/** Which columns step aside first where the list is narrow: other people's numbers, then places, then what is said twice. */
const weight = (spec: Spec, columns: readonly Spec[]): number => (leads(spec) || isParty(spec, columns) || spec.kind === "state" || spec.kind === "money" ? 9 : spec.kind === "text" || spec.kind === "longtext" ? 1 : spec.kind === "boolean" || spec.kind === "choice" ? 2 : spec.kind === "reference" ? 3 : 4);
/** The columns that fit, so that no amount and no state is ever cut. */
export function fitting(columns: readonly Spec[], room: number): readonly Spec[] {
  let kept = columns;
  while (room > 0 && kept.length > 3 && widthOf(kept) > room) {
    const least = Math.min(...kept.map((c) => weight(c, columns)));
    if (least === 9) break;
    const at = kept.findLastIndex((c) => weight(c, columns) === least);
    kept = kept.filter((_, i) => i !== at);
  }
  return kept;
}
export const chipText = (value: Value): string => (isReference(value) ? value.code : String(value ?? ""));
export const presetLabel = (screen: Screen, id: string): string => screen.listing.presets.find((p) => p.id === id)?.label ?? id;
