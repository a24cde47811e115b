/** The pages a person has open. A tab is an address with a title; it comes back after a reload. */
import { Store } from "./store";

export type Tab = { path: string; title: string; dirty?: boolean };
/** More pages than this are remembered but not kept in the document. */
export const KEPT = 12;

let name = "tabs";
export let tabs = new Store<readonly Tab[]>([], name);

/** Tabs belong to a person in a company. */
export function tabsOf(user: number, company: number): Store<readonly Tab[]> {
  const wanted = `tabs.${user}.${company}`;
  if (wanted !== name) {
    name = wanted;
    tabs = new Store<readonly Tab[]>([], name);
  }
  return tabs;
}
export function openTab(path: string): void {
  tabs.set((now) => (now.some((t) => t.path === path) ? now : [...now, { path, title: "" }]));
}
export function describeTab(path: string, change: Partial<Omit<Tab, "path">>): void {
  tabs.set((now) => {
    const tab = now.find((t) => t.path === path);
    if (!tab || Object.entries(change).every(([k, v]) => tab[k as keyof Tab] === v)) return now;
    return now.map((t) => (t === tab ? { ...t, ...change } : t));
  });
}
/** A new document gets its address once it is saved: the tab stays where it is. */
export function moveTab(from: string, to: string): void {
  tabs.set((now) => (now.some((t) => t.path === to) ? now.filter((t) => t.path !== from) : now.map((t) => (t.path === from ? { ...t, path: to } : t))));
}
/** Closes it and says which page comes next when it was the current one. */
export function closeTab(path: string): string {
  const now = tabs.get();
  const at = now.findIndex((t) => t.path === path);
  tabs.set(now.filter((t) => t.path !== path));
  return (now[at + 1] ?? now[at - 1])?.path ?? "/";
}
export function closeOthers(path: string): void {
  tabs.set((now) => now.filter((t) => t.path === path || t.dirty));
}
