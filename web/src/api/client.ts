/** The one way to the server: company, language, CSRF, idempotency, sign-in again, and refusals as values. */
import createClient from "openapi-fetch";
import type { Language } from "../messages/text";
import type { paths } from "./schema";
import type { Refusal } from "./types";

export type Failure = { ok: false; status: number; refusals: readonly Refusal[]; trace: string | null };
export type Outcome<T> = { ok: true; data: T } | Failure;

/** What a query throws, so that its page can show the same refusals as a form. */
export class Refused extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.refusals[0]?.message ?? `HTTP ${failure.status}`);
    this.failure = failure;
  }
}
export const failureOf = (error: unknown): Failure => (error instanceof Refused ? error.failure : { ok: false, status: 0, refusals: [], trace: null });

type Context = {
  company: number | null;
  language: Language;
  /** Resolves when the person has signed in again. */
  signInAgain: (() => Promise<void>) | null;
};
export const context: Context = { company: null, language: "en", signInAgain: null };

export const newKey = (): string => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
export const csrf = (): string => decodeURIComponent(/(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "");

export function address(path: string, query: Readonly<Record<string, string | number | undefined | null>> = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

/** Says who asks, in which company and language. An expired session waits for its owner and asks again, with the same key. */
async function ask(request: Request): Promise<Response> {
  // Quiet questions come before the person is known: what they prefer is part of the answer.
  if (!request.headers.has("Heyi-Quiet")) request.headers.set("Heyi-Language", context.language);
  if (context.company !== null) request.headers.set("Heyi-Company", String(context.company));
  const again = request.clone();
  if (request.method !== "GET") request.headers.set("X-CSRFToken", csrf());
  const response = await fetch(request);
  if (response.status !== 401 || again.headers.has("Heyi-Quiet") || !context.signInAgain) return response;
  await context.signInAgain();
  return ask(again);
}

export const http = createClient<paths>({ baseUrl: location.origin, credentials: "same-origin", fetch: ask });
/** For questions that may be asked signed out. */
export const quiet = { "Heyi-Quiet": "1" };
/** One per intent: a retry of the same intent sends the same key. */
export const keyed = (key: string) => ({ "Idempotency-Key": key });

type Answer = { data?: unknown; error?: unknown; response: Response };
/** A refusal is a value. Throws only when the caller aborted. */
export async function outcome<T>(sent: Promise<Answer>): Promise<Outcome<T>> {
  try {
    const { data, error, response } = await sent;
    if (response.ok) return { ok: true, data: data as T };
    const said = (typeof error === "object" ? error : null) as { refusals?: readonly Refusal[]; trace?: string } | null;
    return { ok: false, status: response.status, refusals: said?.refusals ?? [], trace: said?.trace ?? response.headers.get("Heyi-Trace") };
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    return { ok: false, status: 0, refusals: [], trace: null };
  }
}
/** For queries: the data, or a `Refused`. */
export async function read<T>(sent: Promise<Answer>): Promise<T> {
  const found = await outcome<T>(sent);
  if (found.ok) return found.data;
  throw new Refused(found);
}
