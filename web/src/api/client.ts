/** The one way to the server: company, language, CSRF, idempotency, sign-in again, and refusals as values. */
import type { Language } from "../messages/text";
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
export const failureOf = (error: unknown): Failure =>
  error instanceof Refused ? error.failure : { ok: false, status: 0, refusals: [], trace: null };

type Context = {
  company: number | null;
  language: Language;
  /** Resolves when the person has signed in again; rejects when they leave. */
  signInAgain: (() => Promise<void>) | null;
};
export const context: Context = { company: null, language: "en", signInAgain: null };

export type Method = "GET" | "POST" | "PUT" | "DELETE";
export type Options = {
  query?: Readonly<Record<string, string | number | undefined | null>>;
  body?: unknown;
  /** One per intent: a retry of the same intent sends the same key. */
  key?: string;
  signal?: AbortSignal | undefined;
  quiet401?: boolean;
};

export const newKey = (): string => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
const cookie = (name: string): string => new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie)?.[1] ?? "";

export function address(path: string, query?: Options["query"]): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

function headers(method: Method, options: Options): Headers {
  const sent = new Headers({ Accept: "application/json", "Heyi-Language": context.language });
  if (context.company !== null) sent.set("Heyi-Company", String(context.company));
  if (method !== "GET") sent.set("X-CSRFToken", decodeURIComponent(cookie("csrftoken")));
  if (options.key) sent.set("Idempotency-Key", options.key);
  if (options.body !== undefined && !(options.body instanceof FormData)) sent.set("Content-Type", "application/json");
  return sent;
}

/** Sends one request. Never throws except when aborted. */
export async function send<T>(method: Method, path: string, options: Options = {}): Promise<Outcome<T>> {
  const { body } = options;
  let response: Response;
  try {
    response = await fetch(address(path, options.query), {
      method,
      headers: headers(method, options),
      credentials: "same-origin",
      ...(options.signal ? { signal: options.signal } : {}),
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    return { ok: false, status: 0, refusals: [], trace: null };
  }
  if (response.status === 401 && !options.quiet401 && context.signInAgain) {
    await context.signInAgain();
    return send(method, path, options);
  }
  const data = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return { ok: true, data: data as T };
  const answer = data as { refusals?: readonly Refusal[]; trace?: string } | null;
  return { ok: false, status: response.status, refusals: answer?.refusals ?? [], trace: answer?.trace ?? response.headers.get("Heyi-Trace") };
}

/** For queries: the data, or a `Refused`. */
export async function read<T>(path: string, options: Omit<Options, "body" | "key"> = {}): Promise<T> {
  const outcome = await send<T>("GET", path, options);
  if (outcome.ok) return outcome.data;
  throw new Refused(outcome);
}
