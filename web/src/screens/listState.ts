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
export function trackOf(spec: Spec): string {
  if (leads(spec)) return "minmax(120px, 136px)";
  switch (spec.kind) {
    case "state":
      return "116px";
    case "date":
      return "76px";
    case "instant":
      return "132px";
    case "boolean":
      return "84px";
    case "money":
      return "minmax(112px, 132px)";
    case "quantity":
    case "price":
      return "minmax(88px, 108px)";
    case "integer":
    case "rate":
      return "88px";
    case "reference":
      return "minmax(120px, 1.4fr)";
    case "choice":
      return "minmax(88px, 120px)";
    default:
      return spec.path === "name" ? "minmax(180px, 2fr)" : "minmax(96px, 1fr)";
  }
}
export const chipText = (value: Value): string => (isReference(value) ? value.code : String(value ?? ""));
export const presetLabel = (screen: Screen, id: string): string => screen.listing.presets.find((p) => p.id === id)?.label ?? id;
