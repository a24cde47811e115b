import { CloudOff, Lock, SearchX, TriangleAlert } from "lucide-react";
import { failureOf, type Failure as Failed } from "../api/client";
import { useText } from "../messages/text";

/** No answer, no right, nothing there, or a fault of ours: what it is and what to do next. */
export function Failure({ error, failure = failureOf(error), onRetry }: { error?: unknown; failure?: Failed; onRetry?: () => void }) {
  const { t } = useText();
  const kind = failure.status === 0 ? "unreachable" : failure.status === 403 ? "not_allowed" : failure.status === 404 ? "not_found" : failure.status >= 500 ? "fault" : "refused";
  const Icon = kind === "unreachable" ? CloudOff : kind === "not_allowed" ? Lock : kind === "not_found" ? SearchX : TriangleAlert;
  const said = failure.refusals.map((r) => r.message).join(" ");
  return (
    <div className="hy-state-page" role="alert">
      <Icon size={26} strokeWidth={1.5} />
      <h2>{t(`ui.failure.${kind}`)}</h2>
      <p>{said || t(`ui.failure.${kind}.text`)}</p>
      {failure.refusals[0]?.remedy && kind !== "unreachable" && <p className="hy-mute">{failure.refusals[0].remedy.label}</p>}
      {onRetry && <button type="button" className="hy-plain-button" onClick={onRetry}>{t("ui.try_again")}</button>}
      {failure.trace && <small className="hy-mute num">{t("ui.trace", { trace: failure.trace })}</small>}
    </div>
  );
}
/** One sentence for a failure that has its place on a page. */
export function failureText(failure: Failed, t: (key: string) => string): string {
  if (failure.refusals.length) return failure.refusals.map((r) => r.message).join(" ");
  return t(failure.status === 0 ? "ui.failure.unreachable.text" : failure.status === 403 ? "ui.failure.not_allowed.text" : "ui.failure.fault.text");
}
