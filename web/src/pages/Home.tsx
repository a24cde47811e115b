import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useMemo } from "react";
import { Link } from "react-router";
import * as calls from "../api/calls";
import { groupsOf, iconOf, inOrder } from "../app/navigation";
import { paths } from "../app/routes";
import { useEnv, useSession } from "../app/session";
import { useWorklists } from "../app/worklists";
import { inside, useText } from "../messages/text";
import "./pages.css";

/** Where the day starts: what waits for this person, and every place they may go. */
export function Home() {
  const { t, first } = useText();
  const { user, company } = useSession();
  const env = useEnv();
  const { data } = useQuery({ queryKey: ["menu", company.id], queryFn: calls.menu, staleTime: 5 * 60_000 });
  const menu = useMemo(() => inOrder(data ?? []), [data]);
  const { data: counts } = useQuery({ queryKey: ["inbox", company.id, "counts"], queryFn: calls.inboxCounts, retry: false });
  const { exceptions: _, ...waiting } = counts ?? {};
  const tasks = Object.values(waiting).reduce((sum, n) => sum + n, 0);
  const work = useWorklists(menu, true).filter((w) => w.asks);
  return (
    <div className="hy-page hy-home">
      <header><h1>{t("ui.home.title", { name: user.name || user.login })}</h1><span className="hy-mute num">{company.name} {"\u00b7"} {env.today}</span></header>
      <ul className="hy-home-work" aria-label={t("ui.worklists")}>
        <li><Link to="/inbox"><b className="num" data-some={tasks > 0 || undefined}>{tasks}</b><span>{t("ui.inbox")}</span></Link></li>
        {work.map((w) => <li key={w.path}><Link to={w.path}><b className="num" data-some>{w.count || "\u2026"}</b><span>{w.label}</span></Link></li>)}
      </ul>
      <div className="hy-home-modules">
        {menu.map((m) => {
          const Icon = iconOf(m.module);
          const groups = groupsOf(m);
          return groups.length > 0 && (
            <section key={m.module}>
              <h2><Icon size={16} strokeWidth={1.7} />{t(`module.${m.module}`)}</h2>
              <ul>{groups.flatMap((g) => g.screens.map((s) => (
                <li key={s.id} data-group={g.id}>
                  <Link to={s.path}>{s.key ? t(s.key) : first(`${s.id}.plural`, s.id)}</Link>
                  {s.create && <Link to={paths.fresh(s.id)} aria-label={t("ui.new_of", { name: inside(t(s.id)) })} title={t("ui.new_of", { name: inside(t(s.id)) })} className="hy-icon"><Plus size={14} /></Link>}
                </li>
              )))}</ul>
            </section>
          );
        })}
      </div>
    </div>
  );
}
