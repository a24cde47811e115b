import { Boxes, Building2, CalendarRange, CircleDollarSign, Factory, MessageCircle, Package, Rocket, Settings2, ShieldCheck, ShoppingCart, SquareGanttChart, Tags, Timer, TriangleAlert, Truck, Users, UsersRound, Wrench, type LucideIcon } from "lucide-react";
import type { MenuModule } from "../api/types";
import { paths } from "./routes";

const icons: Readonly<Record<string, LucideIcon>> = {
  sales: Tags, purchase: ShoppingCart, inventory: Boxes, production: Factory, mes: SquareGanttChart, finance: CircleDollarSign, ledger: CircleDollarSign, hr: Users, people: Users,
  office: Building2, wechat: MessageCircle, golive: Rocket, party: UsersRound, product: Package, quality: ShieldCheck, equipment: Wrench, identity: Users, platform: Settings2, system: Settings2,
  jobs: Timer, exceptions: TriangleAlert, calendar: CalendarRange, approvals: ShieldCheck,
};
export const iconOf = (module: string): LucideIcon => icons[module] ?? Truck;

/** The order of the trade, from the customer to the books; what is not named comes last. */
const trade = ["sales", "purchase", "inventory", "production", "mes", "quality", "equipment", "finance", "ledger", "product", "party", "hr", "people", "office", "wechat", "golive"];
const rank = (module: string): number => (trade.includes(module) ? trade.indexOf(module) : trade.length);
export const inOrder = (menu: readonly MenuModule[]): MenuModule[] => [...menu].filter((m) => screenCount(m) > 0).sort((a, b) => rank(a.module) - rank(b.module));

export type Entry = { id: string; path: string; key?: string; create: boolean };
const order = ["documents", "reports", "masters", "setup"];
/** The menu of a module: daily papers first, set-up last. Reports the UI draws itself are named here. */
export function groupsOf(module: MenuModule): { id: string; screens: Entry[] }[] {
  // Who may read the chart of accounts' set-up may read the books; the server refuses the others.
  return order.flatMap((id) => {
    const screens: Entry[] = module.groups.filter((g) => g.id === id).flatMap((g) => g.screens.map((s) => entryOf(s.id, s.can_create && id === "documents")));
    if (id === "reports" && module.module === "ledger" && module.groups.some((g) => g.screens.some((s) => s.id === "ledger.account"))) screens.unshift({ id: "trial-balance", path: paths.trialBalance, key: "ui.report.trial_balance", create: false });
    return screens.length ? [{ id, screens }] : [];
  });
}
function entryOf(id: string, create: boolean): Entry {
  return { id, path: paths.list(id), create };
}
export const screenCount = (module: MenuModule): number => groupsOf(module).reduce((n, g) => n + g.screens.length, 0);
