import { useText } from "../messages/text";
import { useTabTitle } from "../app/page";
export function Import({ screenId }: { screenId: string }) {
  const { t, first } = useText();
  useTabTitle(`${t("ui.import")} ${first(`${screenId}.plural`, screenId)}`);
  return <div className="hy-page"><h1>{t("ui.import")}</h1></div>;
}
