import { useText } from "../messages/text";
import { Dialog } from "./Dialog";

const groups: readonly [string, readonly [keys: string, what: string][]][] = [
  ["anywhere", [["Ctrl K", "command"], ["?", "help"]]],
  ["document", [["Ctrl S", "save"], ["Ctrl \u21b5", "primary"], ["Ctrl P", "print"], ["Alt \u2191 \u2193", "neighbour"], ["Esc", "back"]]],
  ["list", [["\u2191 \u2193", "row"], ["\u21b5", "open"], ["Space", "select"], ["/", "search"], ["N", "new"]]],
  ["lines", [["\u21b5", "walk"], ["Tab", "next"], ["F2", "edit"], ["F4", "choices"], ["Esc Esc", "restore"], ["Ctrl C Ctrl V", "paste"], ["Ctrl D", "fill"], ["Insert", "insert"], ["Ctrl Delete", "remove"], ["Alt \u2191 \u2193", "move"], ["Ctrl Z", "undo"]]],
  ["typing", [["+7", "days"], ["12/4", "date"], [".", "today"]]],
];
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  return (
    <Dialog title={t("ui.keys")} onClose={onClose} width={760}>
      <div className="hy-keys">
        {groups.map(([group, keys]) => (
          <section key={group}>
            <h3>{t(`ui.keys.${group}`)}</h3>
            <dl>{keys.map(([combination, what]) => <div key={what}><dt>{combination.split(" ").map((k, i) => <kbd key={i}>{k}</kbd>)}</dt><dd>{t(`ui.keys.${group}.${what}`)}</dd></div>)}</dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
