import { Boxes, Building2, CalendarRange, CircleDollarSign, Factory, MessageCircle, Package, Rocket, Settings2, ShieldCheck, ShoppingCart, SquareGanttChart, Tags, TriangleAlert, Truck, Users, UsersRound, Wrench, type LucideIcon } from "lucide-react";
import type { MenuModule } from "../api/types";
import { paths } from "./routes";

const icons: Readonly<Record<string, LucideIcon>> = {
  sales: Tags, purchase: ShoppingCart, inventory: Boxes, production: Factory, mes: SquareGanttChart, finance: CircleDollarSign, ledger: CircleDollarSign, hr: Users, people: Users,
  office: Building2, wechat: MessageCircle, golive: Rocket, party: UsersRound, product: Package, quality: ShieldCheck, equipment: Wrench, identity: Users, platform: Settings2, system: Settings2,
  exceptions: TriangleAlert, calendar: CalendarRange, approvals: ShieldCheck,
};
export const iconOf = (module: string): LucideIcon => icons[module] ?? Truck;

export type Entry = { id: string; path: string; key?: string };
const order = ["documents", "reports", "masters", "setup"];
/** The menu of a module: daily papers first, set-up last. Reports the UI draws itself are named here. */
export function groupsOf(module: MenuModule): { id: string; screens: Entry[] }[] {
  return order.flatMap((id) => {
    const screens: Entry[] = module.groups.filter((g) => g.id === id).flatMap((g) => g.screens.map((s) => entryOf(s.id)));
    return screens.length ? [{ id, screens }] : [];
  });
}
function entryOf(id: string): Entry {
  if (/trial.balance/.test(id)) return { id: "trial-balance", path: paths.trialBalance, key: "ui.report.trial_balance" };
  return { id, path: paths.list(id) };
}
export const screenCount = (module: MenuModule): number => groupsOf(module).reduce((n, g) => n + g.screens.length, 0);
