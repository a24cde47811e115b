import { useText } from "../messages/text";
import { useTabTitle } from "../app/page";
export function Inbox() {
  const { t } = useText();
  useTabTitle(t("ui.inbox"));
  return <div className="hy-page"><h1>{t("ui.inbox")}</h1></div>;
}
