import { useSyncExternalStore } from "react";

/** A value outside React that components read. Kept in the browser when it has a name. */
export class Store<T> {
  private value: T;
  private readonly listeners = new Set<() => void>();
  private readonly name: string | null;
  constructor(initial: T, name: string | null = null) {
    this.name = name;
    this.value = name ? stored(name, initial) : initial;
  }
  get = (): T => this.value;
  set = (next: T | ((now: T) => T)): void => {
    const value = typeof next === "function" ? (next as (now: T) => T)(this.value) : next;
    if (Object.is(value, this.value)) return;
    this.value = value;
    if (this.name) keep(this.name, value);
    for (const fn of this.listeners) fn();
  };
  subscribe = (fn: () => void): (() => void) => {
    this.listeners.add(fn);
    return () => this.listeners.delete(fn);
  };
}
export const useStore = <T,>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.get);

const prefix = "heyi.";
export function stored<T>(name: string, initial: T): T {
  try {
    const text = localStorage.getItem(prefix + name);
    return text === null ? initial : (JSON.parse(text) as T);
  } catch {
    return initial;
  }
}
/** A full or forbidden storage costs the convenience, never the work. */
export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // Nothing to do: the value lives on in memory.
  }
}
export function forget(name: string): void {
  try {
    localStorage.removeItem(prefix + name);
  } catch {
    // Nothing was kept.
  }
}
