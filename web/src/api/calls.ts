/** Every endpoint the UI uses, by what it means. Screens never see a path. */
import type { Language } from "../messages/text";
import { address, context, csrf, http, keyed, newKey, outcome, quiet, read } from "./client";
import type { Draft, Filter, LogEntry, MenuModule, Page, Postings, RecordOf, Reference, Screen, Session } from "./types";

export type ListParams = { filter: Filter; search: string; order: string; preset: string };
/** Only what narrows is said. */
const said = <T extends object>(query: T): T => Object.fromEntries(Object.entries(query).filter(([, v]) => v !== undefined && v !== null && v !== "")) as T;
const listQuery = (p: ListParams) => said({ filter: Object.keys(p.filter).length ? JSON.stringify(p.filter) : "", search: p.search, order: p.order, preset: p.preset });
const at = (screen: string, id: number) => ({ path: { screen, id } });

export const session = () => outcome<Session>(http.GET("/api/session", { headers: quiet }));
export const chooseCompany = (company: number) => outcome<Session>(http.POST("/api/session/company", { body: { company } as never, headers: keyed(newKey()) }));
export const chooseLanguage = (language: Language) => outcome<unknown>(http.POST("/api/session/language", { body: { language }, headers: { ...quiet, ...keyed(newKey()) } }));
export const messages = (language: Language) => read<Record<string, string>>(http.GET("/api/messages/{language}", { params: { path: { language } }, headers: quiet }));
export const menu = () => read<readonly MenuModule[]>(http.GET("/api/menu"));
export const screen = (id: string) => read<Screen>(http.GET("/api/screens/{screen}", { params: { path: { screen: id } } }));

export const list = (id: string, p: ListParams, after: string | null, signal?: AbortSignal) =>
  read<Page>(http.GET("/api/records/{screen}", { params: { path: { screen: id }, query: said({ ...listQuery(p), limit: 50, after: after ?? "" }) }, signal: signal ?? null }));
export const record = (id: string, pk: number | "new", signal?: AbortSignal) =>
  read<RecordOf>(pk === "new" ? http.GET("/api/records/{screen}/new", { params: { path: { screen: id } }, signal: signal ?? null }) : http.GET("/api/records/{screen}/{id}", { params: at(id, pk), signal: signal ?? null }));
type Sent = { values: Record<string, unknown>; lines: { id: number | null; key: string; values: Record<string, unknown> }[]; merge: boolean };
const sent = (draft: Draft): Sent => ({ values: { ...draft.values }, lines: draft.lines.map((l) => ({ ...l, values: { ...l.values } })), merge: false });
export const preview = (id: string, pk: number | null, draft: Draft, signal: AbortSignal) => outcome<RecordOf>(http.POST("/api/records/{screen}/preview", { params: { path: { screen: id } }, body: { ...sent(draft), id: pk }, signal }));
export const create = (id: string, draft: Draft, key: string) => outcome<RecordOf>(http.POST("/api/records/{screen}", { params: { path: { screen: id } }, body: sent(draft), headers: keyed(key) }));
export const save = (id: string, pk: number, version: number, draft: Draft, key: string) => outcome<RecordOf>(http.PUT("/api/records/{screen}/{id}", { params: at(id, pk), body: { ...sent(draft), version }, headers: keyed(key) }));

export type Act = { versions: Record<string, number>; reason: string; acknowledge: string[] };
export type Acted = { records: readonly { id: number; number: string; state: string; version: number; can: readonly string[] }[] };
export const act = (id: string, verb: string, body: Act, key: string) => outcome<Acted>(http.POST("/api/records/{screen}/actions/{verb}", { params: { path: { screen: id, verb } }, body, headers: keyed(key) }));

export const lookup = (id: string, query: { q?: string; ids?: string; codes?: string; limit?: number }, signal?: AbortSignal) =>
  read<readonly Reference[]>(http.GET("/api/lookups/{lookup}", { params: { path: { lookup: id }, query }, signal: signal ?? null }));

export const log = (id: string, pk: number) => read<readonly LogEntry[]>(http.GET("/api/records/{screen}/{id}/log", { params: at(id, pk) }));
export const postings = (id: string, pk: number) => read<Postings>(http.GET("/api/records/{screen}/{id}/postings", { params: at(id, pk) }));
export type Comment = { id: number; author: { id: number; login: string; name: string }; at: string; text: string | null; withdrawn: boolean };
export const comments = async (id: string, pk: number) => (await read<{ rows: readonly Comment[] }>(http.GET("/api/records/{screen}/{id}/comments", { params: at(id, pk) }))).rows;
export const say = (id: string, pk: number, text: string, key: string) => outcome<Comment>(http.POST("/api/records/{screen}/{id}/comments", { params: at(id, pk), body: { text }, headers: keyed(key) }));
export type Attachment = { id: number; name: string; size: number; added_by: string; added_at: string; withdrawn: boolean };
export const attachments = (id: string, pk: number) => read<readonly Attachment[]>(http.GET("/api/records/{screen}/{id}/attachments", { params: at(id, pk) }));
export const attach = (id: string, pk: number, file: File, key: string) => {
  const form = new FormData();
  form.set("file", file);
  return outcome<Attachment>(http.POST("/api/records/{screen}/{id}/attachments", { params: at(id, pk), body: form as never, bodySerializer: (body: unknown) => body as FormData, headers: keyed(key) }));
};
export const withdrawAttachment = (attachment: number) => outcome<unknown>(http.DELETE("/api/attachments/{attachment}", { params: { path: { attachment } }, headers: keyed(newKey()) }));

/** Links the browser opens itself carry no headers, so company and language are said in the address. */
const spoken = () => ({ company: context.company, language: context.language });
export const exportLink = (id: string, p: ListParams, format: "xlsx" | "csv") => address(`/api/records/${id}/export`, { ...listQuery(p), format, ...spoken() });
export const printLink = (id: string, pk: number, form: string) => address(`/api/records/${id}/${pk}/print/${form}.pdf`, spoken());
export const attachmentLink = (attachment: number) => address(`/api/attachments/${attachment}`, spoken());

export type Balances = { opening_debit: string; opening_credit: string; debit: string; credit: string; closing_debit: string; closing_credit: string };
export type TrialBalance = { from: string; to: string; rows: readonly (Balances & { account: Reference & { level?: number } })[]; totals: Balances };
export const trialBalance = (range: { from?: string; to?: string }) => read<TrialBalance>(http.GET("/api/reports/trial-balance", { params: { query: range } }));
export type LedgerRow = {
  voucher: { id: number; word: string; number: number | string | null; on: string };
  purpose: string;
  document: { screen: string; id: number; number: string } | null;
  debit: string;
  credit: string;
  balance: string;
};
export type AccountLedger = { account: Reference; opening: string; rows: readonly LedgerRow[]; next: string | null };
export const accountLedger = (query: { account: string; from?: string; to?: string; after?: string | null }) => read<AccountLedger>(http.GET("/api/reports/ledger", { params: { query: said(query) } }));

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
export const inbox = () => read<Inbox>(http.GET("/api/inbox"));
export const inboxCounts = () => read<Readonly<Record<string, number>>>(http.GET("/api/inbox/counts"));
export const decide = (task: number, verb: "approve" | "reject", reason: string, key: string) => outcome<unknown>(http.POST("/api/approvals/tasks/{task}/decide", { params: { path: { task } }, body: { verb, reason, acknowledge: [] }, headers: keyed(key) }));
export const markRead = (notices: readonly number[] | null) => outcome<unknown>(http.POST("/api/inbox/read", { body: { notices: notices === null ? null : [...notices] }, headers: keyed(newKey()) }));

export type ImportColumn = { head: string; path: string | null; samples: readonly string[] };
export type ImportBatch = {
  id: number;
  state: string;
  version: number;
  file_name: string;
  columns: readonly ImportColumn[];
  fields: readonly { path: string; label: string; required: boolean; note: string }[];
  missing: readonly string[];
  counts: Readonly<Record<string, number>>;
  can: readonly string[];
};
export type StagedRow = { no: number; state: string; cells: Readonly<Record<string, string>>; issues: readonly { path: string; code: string; kind: string; message: string; remedy: string | null }[] };
const batchAt = (screen: string, batch: number) => ({ path: { screen, batch } });
export const templateLink = (id: string) => address(`/api/records/${id}/import/template.xlsx`, spoken());
export const importUpload = (id: string, file: File, key: string) => {
  const form = new FormData();
  form.set("file", file);
  return outcome<ImportBatch>(http.POST("/api/records/{screen}/import", { params: { path: { screen: id } }, body: form as never, bodySerializer: (body: unknown) => body as FormData, headers: keyed(key) }));
};
export const importBatch = (id: string, batch: number) => read<ImportBatch>(http.GET("/api/records/{screen}/import/{batch}", { params: batchAt(id, batch) }));
export const importMap = (id: string, batch: ImportBatch, columns: (string | null)[]) => outcome<ImportBatch>(http.PUT("/api/records/{screen}/import/{batch}/mapping", { params: batchAt(id, batch.id), body: { version: batch.version, columns }, headers: keyed(newKey()) }));
export const importRows = (id: string, batch: number) => read<{ rows: readonly StagedRow[]; next: number | null }>(http.GET("/api/records/{screen}/import/{batch}/rows", { params: { ...batchAt(id, batch), query: { state: "invalid", limit: 50 } } }));
export const importRepair = (id: string, batch: number, no: number, path: string, value: string) => outcome<unknown>(http.PUT("/api/records/{screen}/import/{batch}/rows/{no}", { params: { path: { screen: id, batch, no } }, body: { path, value }, headers: keyed(newKey()) }));
export const importAside = (id: string, batch: number, rows: number[]) => outcome<ImportBatch>(http.POST("/api/records/{screen}/import/{batch}/aside", { params: batchAt(id, batch), body: { rows }, headers: keyed(newKey()) }));
/** Approves what is staged and loads it; the background job goes on when the page is left. */
export async function importLoad(id: string, batch: ImportBatch, key: string) {
  if (batch.can.includes("approve")) {
    const approved = await outcome<ImportBatch>(http.POST("/api/records/{screen}/import/{batch}/approve", { params: batchAt(id, batch.id), body: { version: batch.version }, headers: keyed(`${key}-approve`) }));
    if (!approved.ok) return approved;
  }
  return outcome<ImportBatch>(http.POST("/api/records/{screen}/import/{batch}/load", { params: batchAt(id, batch.id), headers: keyed(`${key}-load`) }));
}

export type SignedIn = { ok: true } | { ok: false; need: "totp" } | { ok: false; need: "again"; errors: readonly string[]; limited: boolean };
type Flow = { status: number; errors?: readonly { message: string; code: string }[]; data?: { flows?: readonly { id: string; is_pending?: boolean }[] } };
const auth = "/_allauth/browser/v1";

async function allauth(method: "GET" | "POST" | "DELETE", path: string, body?: unknown, extra?: Record<string, string>): Promise<Flow> {
  try {
    const response = await fetch(`${auth}${path}`, {
      method, credentials: "same-origin",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf(), "Heyi-Language": context.language, "Accept-Language": context.language.replace("_", "-"), ...extra },
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
