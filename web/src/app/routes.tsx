import { lazy, type ComponentType } from "react";

/** What an address shows. `tab` is what identifies the page among the open tabs: the address without its query. */
export type Place =
  | { page: "home" | "inbox" | "trial-balance" | "keys" }
  | { page: "list"; screen: string }
  | { page: "record"; screen: string; id: number | null; draft: string }
  | { page: "import"; screen: string }
  | { page: "ledger"; account: string }
  | { page: "nowhere" };

export function place(path: string): Place {
  const [first = "", second, third] = path.replace(/^\/+/, "").split("/").map(decodeURIComponent);
  if (first === "") return { page: "home" };
  if (first === "inbox") return { page: "inbox" };
  if (first === "reports" && second === "trial-balance") return { page: "trial-balance" };
  if (first === "reports" && second === "ledger" && third) return { page: "ledger", account: third };
  if (!/^[a-z_]+\.[a-z_]+$/.test(first)) return { page: "nowhere" };
  if (second === undefined) return { page: "list", screen: first };
  if (second === "new") return { page: "record", screen: first, id: null, draft: third ?? "new" };
  if (second === "import") return { page: "import", screen: first };
  if (/^\d+$/.test(second)) return { page: "record", screen: first, id: Number(second), draft: second };
  return { page: "nowhere" };
}
/** The module whose menu is open beside a page. */
export function moduleOf(at: Place): string | null {
  if ("screen" in at) return at.screen.split(".")[0] ?? null;
  return at.page === "trial-balance" || at.page === "ledger" ? "ledger" : null;
}

export const paths = {
  list: (screen: string) => `/${screen}`,
  record: (screen: string, id: number) => `/${screen}/${id}`,
  fresh: (screen: string) => `/${screen}/new/${Date.now().toString(36)}`,
  import: (screen: string) => `/${screen}/import`,
  trialBalance: "/reports/trial-balance",
  ledger: (account: string) => `/reports/ledger/${encodeURIComponent(account)}`,
};

const page = <P extends object>(load: () => Promise<ComponentType<P>>) => lazy(() => load().then((component) => ({ default: component })));
export const pages = {
  List: page(() => import("../screens/ListScreen").then((m) => m.ListScreen)),
  Form: page(() => import("../screens/FormScreen").then((m) => m.FormScreen)),
  Home: page(() => import("../pages/Home").then((m) => m.Home)),
  Inbox: page(() => import("../pages/Inbox").then((m) => m.Inbox)),
  TrialBalance: page(() => import("../pages/TrialBalance").then((m) => m.TrialBalance)),
  Ledger: page(() => import("../pages/AccountLedger").then((m) => m.AccountLedger)),
  Import: page(() => import("../pages/Import").then((m) => m.Import)),
};
