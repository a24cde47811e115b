import { createContext, useCallback, useContext, useEffect } from "react";
import { describeTab } from "./tabs";

/** The address of the page a component belongs to; it may be hidden behind another tab. */
export const PageContext = createContext("/");
export const usePagePath = (): string => useContext(PageContext);

/** Says what the tab of this page is called and whether something on it is not saved. */
export function useTabTitle(title: string, dirty = false): void {
  const path = usePagePath();
  useEffect(() => { if (title) describeTab(path, { title, dirty }); }, [path, title, dirty]);
}

/** A key pressed anywhere on the visible page. Hidden pages have no effects, so they do not hear it. */
export function usePageKeys(handle: (e: KeyboardEvent) => void): void {
  const stable = useCallback(handle, [handle]);
  useEffect(() => {
    addEventListener("keydown", stable);
    return () => removeEventListener("keydown", stable);
  }, [stable]);
}
