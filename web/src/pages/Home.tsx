import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Link } from "react-router";
import * as calls from "../api/calls";
import { groupsOf, iconOf } from "../app/navigation";
import { paths } from "../app/routes";
import { useEnv, useSession } from "../app/session";
import { useText } from "../messages/text";
import "./pages.css";

/** Where the day starts: what waits for this person, and every place they may go. */
export function Home() {
  const { t, first } = useText();
  const { user, company } = useSession();
  const env = useEnv();
  const { data: menu = [] } = useQuery({ queryKey: ["menu", company.id], queryFn: calls.menu, staleTime: 5 * 60_000 });
  const { data: inbox } = useQuery({ queryKey: ["inbox", company.id], queryFn: calls.inbox, retry: false });
  const { tasks } = calls.inboxCounts(inbox);
  return (
    <div className="hy-page hy-home">
      <header><h1>{t("ui.home.title", { name: user.name || user.login })}</h1><span className="hy-mute num">{company.name} {"\u00b7"} {env.today}</span></header>
      <Link to="/inbox" className="hy-home-inbox" data-tone={tasks ? "attention" : undefined}>{tasks ? t("ui.home.tasks", { n: tasks }) : t("ui.home.no_tasks")}</Link>
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
                  {g.id === "documents" && <Link to={paths.fresh(s.id)} aria-label={t("ui.new_of", { name: t(s.id) })} title={t("ui.new_of", { name: t(s.id) })} className="hy-icon"><Plus size={14} /></Link>}
                </li>
              )))}</ul>
            </section>
          );
        })}
      </div>
    </div>
  );
}
