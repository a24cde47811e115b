/** Every endpoint the UI uses, by what it means. Screens never see a path. */
import type { Language } from "../messages/text";
import { address, context, newKey, read, send } from "./client";
import type { Draft, Filter, LogEntry, MenuModule, Page, Postings, RecordOf, Reference, Screen, Session } from "./types";

export type ListParams = { filter: Filter; search: string; order: string; preset: string };
const listQuery = (p: ListParams) => ({ filter: Object.keys(p.filter).length ? JSON.stringify(p.filter) : undefined, search: p.search, order: p.order, preset: p.preset });
const here = (screen: string, id: number | string) => `/api/records/${screen}/${id}`;

export const session = () => send<Session>("GET", "/api/session", { quiet401: true });
export const chooseCompany = (company: number) => send<Session>("POST", "/api/session/company", { body: { company }, key: newKey() });
export const chooseLanguage = (language: Language) => send<unknown>("POST", "/api/session/language", { body: { language }, key: newKey(), quiet401: true });
export const messages = (language: Language) => read<Record<string, string>>(`/api/messages/${language}`);
export const menu = () => read<readonly MenuModule[]>("/api/menu");
export const screen = (id: string) => read<Screen>(`/api/screens/${id}`);

export const list = (id: string, p: ListParams, after: string | null, signal?: AbortSignal) =>
  read<Page>(`/api/records/${id}`, { query: { ...listQuery(p), limit: 50, after }, signal });
export const record = (id: string, pk: number | "new", signal?: AbortSignal) => read<RecordOf>(here(id, pk), { signal });
export const preview = (id: string, pk: number | null, draft: Draft, signal: AbortSignal) =>
  send<RecordOf>("POST", `/api/records/${id}/preview`, { body: pk === null ? draft : { ...draft, id: pk }, signal });
export const create = (id: string, draft: Draft, key: string) => send<RecordOf>("POST", `/api/records/${id}`, { body: draft, key });
export const save = (id: string, pk: number, version: number, draft: Draft, key: string) => send<RecordOf>("PUT", here(id, pk), { body: { ...draft, version }, key });

export type Act = { versions: Readonly<Record<string, number>>; reason?: string; acknowledge?: readonly string[] };
export type Acted = { records: readonly { id: number; number: string; state: string; version: number; can: readonly string[] }[] };
export const act = (id: string, verb: string, body: Act, key: string) => send<Acted>("POST", `/api/records/${id}/actions/${verb}`, { body, key });

export const lookup = (id: string, query: { q?: string; ids?: string; codes?: string; limit?: number }, signal?: AbortSignal) =>
  read<readonly Reference[]>(`/api/lookups/${id}`, { query, signal });

export const log = (id: string, pk: number) => read<readonly LogEntry[]>(`${here(id, pk)}/log`);
export const postings = (id: string, pk: number) => read<Postings>(`${here(id, pk)}/postings`);
export type Comment = { id: number; author?: string; actor?: string; at: string; text: string; withdrawn?: boolean };
export const comments = async (id: string, pk: number) => {
  const found = await read<{ rows: readonly Comment[] } | readonly Comment[]>(`${here(id, pk)}/comments`);
  return "rows" in found ? found.rows : found;
};
export const say = (id: string, pk: number, text: string, key: string) => send<Comment>("POST", `${here(id, pk)}/comments`, { body: { text }, key });
export type Attachment = { id: number; name: string; size: number; author?: string; by?: string; at: string; url?: string };
export const attachments = (id: string, pk: number) => read<readonly Attachment[]>(`${here(id, pk)}/attachments`);
export const attach = (id: string, pk: number, file: File, key: string) => {
  const body = new FormData();
  body.set("file", file);
  return send<Attachment>("POST", `${here(id, pk)}/attachments`, { body, key });
};
export const withdrawAttachment = (id: string, pk: number, attachment: number) => send<unknown>("DELETE", `${here(id, pk)}/attachments/${attachment}`, { key: newKey() });

/** Links the browser opens itself carry no headers, so company and language are said in the address. */
const said = () => ({ company: context.company, language: context.language });
export const exportLink = (id: string, p: ListParams, format: "xlsx" | "csv") => address(`/api/records/${id}/export`, { ...listQuery(p), format, ...said() });
export const printLink = (id: string, pk: number, form: string) => address(`${here(id, pk)}/print/${form}.pdf`, said());
export const templateLink = (id: string) => address(`/api/records/${id}/import/template`, said());
export const attachmentLink = (id: string, pk: number, attachment: number) => address(`${here(id, pk)}/attachments/${attachment}`, said());

export type Balances = { opening_debit: string; opening_credit: string; debit: string; credit: string; closing_debit: string; closing_credit: string };
export type TrialBalance = { from: string; to: string; rows: readonly (Balances & { account: Reference & { level?: number } })[]; totals: Balances };
export const trialBalance = (range: { from?: string; to?: string }) => read<TrialBalance>("/api/reports/trial-balance", { query: range });
export type LedgerRow = {
  voucher: { id: number; word: string; number: number | string | null; on: string };
  purpose: string;
  document: { screen: string; id: number; number: string } | null;
  debit: string;
  credit: string;
  balance: string;
};
export type AccountLedger = { account: Reference; opening: string; rows: readonly LedgerRow[]; next: string | null };
export const accountLedger = (query: { account: string; from?: string; to?: string; after?: string | null }) => read<AccountLedger>("/api/reports/ledger", { query });

export type Task = {
  id: number;
  document_type: string;
  document_id: number;
  number: string;
  submitter: string;
  amount: string | null;
  step_name: string;
  due_at: string | null;
  opened_at: string;
  overdue: boolean;
  on_behalf_of: number | null;
};
export type Notice = { id: number; kind: string; params: Readonly<Record<string, unknown>>; actor: string; at: string; read: boolean; subject: { type: string; id: number } | null };
type Rows<T> = { rows: readonly T[]; next: number | null };
export type Inbox = { counts: Readonly<Record<string, number>>; tasks: { approvals?: Rows<Task> }; notices: Rows<Notice>; mentions: Rows<Notice> };
export const inbox = () => read<Inbox>("/api/inbox");
export const inboxCounts = () => read<Readonly<Record<string, number>>>("/api/inbox/counts");
export const decide = (task: number, verb: "approve" | "reject", reason: string, key: string) => send<unknown>("POST", `/api/approvals/tasks/${task}/decide`, { body: { verb, reason }, key });
export const markRead = (notices: readonly number[] | null) => send<unknown>("POST", "/api/inbox/read", { body: { notices }, key: newKey() });

export type SignedIn = { ok: true } | { ok: false; need: "totp" } | { ok: false; need: "again"; errors: readonly string[]; limited: boolean };
type Flow = { status: number; errors?: readonly { message: string; code: string }[]; data?: { flows?: readonly { id: string; is_pending?: boolean }[] } };
const auth = "/_allauth/browser/v1";

async function allauth(method: "GET" | "POST" | "DELETE", path: string, body?: unknown, extra?: Record<string, string>): Promise<Flow> {
  const csrf = /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  try {
    const response = await fetch(`${auth}${path}`, {
      method, credentials: "same-origin",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": decodeURIComponent(csrf), "Heyi-Language": context.language, "Accept-Language": context.language.replace("_", "-"), ...extra },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const data = (await response.json().catch(() => ({}))) as Flow;
    return { ...data, status: response.status };
  } catch {
    return { status: 0 };
  }
}
function outcomeOf(flow: Flow): SignedIn {
  if (flow.status === 200) return { ok: true };
  if (flow.status === 401 && flow.data?.flows?.some((f) => f.id === "mfa_authenticate" && f.is_pending)) return { ok: false, need: "totp" };
  return { ok: false, need: "again", errors: flow.errors?.map((e) => e.code) ?? (flow.status === 0 ? ["unreachable"] : ["unknown"]), limited: flow.status === 429 };
}
/** Fetches the CSRF cookie and says who is signed in. */
export const authState = () => allauth("GET", "/auth/session");
export const signIn = async (username: string, password: string): Promise<SignedIn> => outcomeOf(await allauth("POST", "/auth/login", username.includes("@") ? { email: username, password } : { username, password }));
export const signInCode = async (code: string): Promise<SignedIn> => outcomeOf(await allauth("POST", "/auth/2fa/authenticate", { code }));
export const signOut = () => allauth("DELETE", "/auth/session");
export const askReset = async (email: string) => (await allauth("POST", "/auth/password/request", { email })).status;
export const checkReset = async (key: string) => (await allauth("GET", "/auth/password/reset", undefined, { "X-Password-Reset-Key": key })).status === 200;
export const doReset = async (key: string, password: string) => {
  const flow = await allauth("POST", "/auth/password/reset", { key, password });
  return { done: flow.status === 200 || flow.status === 401, errors: flow.errors ?? [] };
};
