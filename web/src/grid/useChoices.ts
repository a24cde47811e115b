import { useCallback, useEffect, useRef, useState } from "react";
import type { Choice } from "./types";

/** Asks 80 ms after the last key; an answer that comes late for an older text is dropped. */
export function useChoices(lookup: ((text: string, signal?: AbortSignal) => Promise<readonly Choice[]>) | undefined, open: boolean) {
  const [choices, setChoices] = useState<readonly Choice[]>([]);
  const [at, setAt] = useState(0);
  const turn = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const flight = useRef<AbortController>(undefined);
  const close = useCallback(() => {
    turn.current++;
    clearTimeout(timer.current);
    flight.current?.abort();
    setChoices([]);
  }, []);
  const ask = useCallback((text: string, all = false) => {
    clearTimeout(timer.current);
    flight.current?.abort();
    const mine = ++turn.current;
    if (!lookup) return;
    if (!text.trim() && !all) return setChoices([]);
    timer.current = setTimeout(async () => {
      const controller = new AbortController();
      flight.current = controller;
      const found = await lookup(text, controller.signal).catch(() => []);
      if (mine !== turn.current) return;
      setChoices(found);
      setAt(0);
    }, all ? 0 : 80);
  }, [lookup]);
  useEffect(() => {
    if (!open) close();
  }, [open, close]);
  useEffect(() => () => {
    turn.current++;
    clearTimeout(timer.current);
    flight.current?.abort();
  }, []);
  return { choices, at, ask, close, step: (by: number) => setAt((n) => (n + by + choices.length) % choices.length), hit: (): Choice | undefined => choices[at] };
}
