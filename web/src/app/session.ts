import { QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";
import { context, Refused } from "../api/client";
import * as calls from "../api/calls";
import type { Session } from "../api/types";
import { todayIn } from "../fields/date";
import type { Env } from "../fields/kits";
import { useText } from "../messages/text";
import { Store } from "./store";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => error instanceof Refused && (error.failure.status === 0 || error.failure.status >= 502) && count < 2,
    },
  },
});

/** undefined: not asked yet; null: signed out; "fault": no answer; "seatless": known, but of no company. */
export const session = new Store<Session | null | undefined | "fault" | "seatless">(undefined);
export const signedIn = (): Session | null => {
  const now = session.get();
  return typeof now === "object" ? now : null;
};
/** Set while an expired session waits for its owner; the waiting requests go on afterwards. */
export const expired = new Store<boolean>(false);
let waiting: { resolve: () => void; reject: (reason: unknown) => void }[] = [];

context.signInAgain = () => new Promise<void>((resolve, reject) => {
  waiting.push({ resolve, reject });
  expired.set(true);
});
/** The same person continues where they were; another person starts afresh, so that nobody sees another's work. */
export function resume(next: Session): void {
  const before = signedIn();
  if (before && before.user.id !== next.user.id) return location.assign("/");
  enter(next);
  expired.set(false);
  const go = waiting;
  waiting = [];
  for (const w of go) w.resolve();
}
export function enter(next: Session): void {
  if (!(next.company as Session["company"] | null)) return session.set("seatless");
  context.company = next.company.id;
  session.set(next);
}
export async function loadSession(): Promise<void> {
  const outcome = await calls.session();
  if (outcome.ok) enter(outcome.data);
  else session.set(outcome.status === 401 || outcome.status === 403 ? null : "fault");
}
export async function switchCompany(company: number): Promise<void> {
  const outcome = await calls.chooseCompany(company);
  if (!outcome.ok) return;
  context.company = company;
  location.assign("/");
}
export async function leave(): Promise<void> {
  await calls.signOut();
  location.assign("/");
}

export const SessionContext = createContext<Session | null>(null);
export function useSession(): Session {
  const now = useContext(SessionContext);
  if (!now) throw new Error("a page was drawn without a session");
  return now;
}
export function useEnv(): Env {
  const { company } = useSession();
  const { t, language } = useText();
  return useMemo<Env>(() => ({
    t, language, zone: company.timezone, today: todayIn(company.timezone), money: company.decimals,
    search: (lookup, text, signal) => queries.fetchQuery({ queryKey: ["lookup", company.id, language, lookup, text], queryFn: () => calls.lookup(lookup, { q: text, limit: 20 }, signal), staleTime: 20_000 }),
  }), [t, language, company]);
}
