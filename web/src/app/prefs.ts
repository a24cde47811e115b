import { preferredLanguage, type Language } from "../messages/text";
import type { Density, Mode } from "../theme/tokens";
import { Store, useStore } from "./store";

export type Prefs = { mode: Mode | "auto"; density: Density; menu: boolean; panel: boolean; panelTab: string };
export const prefs = new Store<Prefs>({ mode: "auto", density: "compact", menu: true, panel: true, panelTab: "log" }, "prefs");
export const language = new Store<Language>(preferredLanguage(navigator.languages), "language");

export const usePrefs = (): Prefs => useStore(prefs);
export const setPref = (change: Partial<Prefs>): void => prefs.set((now) => ({ ...now, ...change }));

const dark = matchMedia("(prefers-color-scheme: dark)");
const system = new Store<Mode>(dark.matches ? "dark" : "light");
dark.addEventListener("change", () => system.set(dark.matches ? "dark" : "light"));
export function useMode(): Mode {
  const { mode } = usePrefs();
  const now = useStore(system);
  return mode === "auto" ? now : mode;
}

const small = matchMedia("(max-width: 640px)");
const phone = new Store<boolean>(small.matches);
small.addEventListener("change", () => phone.set(small.matches));
export const usePhone = (): boolean => useStore(phone);
