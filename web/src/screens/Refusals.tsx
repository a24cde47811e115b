import { Button } from "antd";
import { Ban, TriangleAlert, X } from "lucide-react";
import { useNavigate } from "react-router";
import type { Failure } from "../api/client";
import type { Refusal, Remedy } from "../api/types";
import { paths } from "../app/routes";
import { useText } from "../messages/text";
import { failureText } from "./Failure";

export type Obstacle = { where: string | null; line: string | null; field: string | null; tone: "danger" | "attention"; text: string; refusal: Refusal | null };
type Props = {
  title: string;
  obstacles?: readonly Obstacle[];
  failure?: Failure | null;
  onGo?: (obstacle: Obstacle) => void;
  onSet?: (remedy: Remedy) => void;
  /** Offered when nothing but warnings is left. */
  onAcknowledge?: (codes: readonly string[]) => void;
  onClose?: () => void;
};

/** Everything that stands in the way, together: an entry moves the focus to its place, its remedy is a button. */
export function RefusalList({ title, obstacles, failure, onGo, onSet, onAcknowledge, onClose }: Props) {
  const { t } = useText();
  const all: readonly Obstacle[] = obstacles ?? failure?.refusals.map((refusal) => ({ where: null, line: null, field: null, tone: refusal.kind === "warning" ? "attention" : "danger", text: refusal.message, refusal })) ?? [];
  const hard = all.filter((o) => o.tone === "danger").length;
  const soft = all.length - hard;
  const codes = [...new Set(all.map((o) => o.refusal?.code).filter((c): c is string => c !== undefined))];
  const bare = failure && !failure.refusals.length && !all.length;
  return (
    <section className="hy-refusals" role="alert" aria-label={title} data-tone={hard || bare ? "danger" : "attention"}>
      <h2>
        {hard || bare ? <Ban size={14} /> : <TriangleAlert size={14} />}{title}
        {hard > 0 && soft > 0 && <i><TriangleAlert size={13} />{t("ui.warnings", { n: soft })}</i>}
        {onClose && <button type="button" className="hy-icon hy-refusals-close" aria-label={t("ui.close")} onClick={onClose}><X size={14} /></button>}
      </h2>
      {bare && <p>{failureText(failure, t)}{failure.trace && <small className="hy-mute num"> {t("ui.trace", { trace: failure.trace })}</small>}</p>}
      <ul>
        {all.map((o, i) => (
          <li key={i} data-tone={o.tone}>
            {o.where !== null && onGo ? <button type="button" onClick={() => onGo(o)}>{o.where}</button> : <span>{o.where ?? ""}</span>}
            <span className="hy-refusal-text">{o.text}</span>
            {o.refusal?.remedy && <RemedyButton remedy={o.refusal.remedy} onSet={onSet} />}
          </li>
        ))}
      </ul>
      {onAcknowledge && hard === 0 && soft > 0 && (
        <div className="hy-refusals-foot"><Button size="small" type="primary" onClick={() => onAcknowledge(codes)}>{t("ui.acknowledge")}</Button></div>
      )}
    </section>
  );
}

/** What can be done about it: write a value, or open where it is decided. A remedy without a place is advice, and reads as such. */
export function RemedyButton({ remedy, onSet, primary = false }: { remedy: Remedy; onSet?: ((remedy: Remedy) => void) | undefined; primary?: boolean }) {
  const go = useNavigate();
  const type = primary ? ("primary" as const) : ("default" as const);
  if (remedy.set && onSet) return <Button size="small" type={type} onClick={() => onSet(remedy)}>{remedy.label}</Button>;
  if (remedy.screen) return <Button size="small" type={type} onClick={() => void go(remedyPath(remedy))}>{remedy.label}</Button>;
  return <span className="hy-mute hy-advice">{remedy.label}</span>;
}
export function remedyPath(remedy: Remedy): string {
  const params = remedy.params ?? {};
  const screen = remedy.screen ?? "";
  if (typeof params.id === "number") return paths.record(screen, params.id);
  if (params.new) return paths.fresh(screen);
  const filter = (params.filter ?? (Object.keys(params).length ? params : null)) as object | null;
  return paths.list(screen) + (filter ? `?filter=${encodeURIComponent(JSON.stringify(filter))}` : "");
}

/** Under the cell itself, while the focus is on it. */
export function CellRefusal({ texts, remedy, onSet }: { texts: readonly { tone: "danger" | "attention"; text: string }[]; remedy: Remedy | null; onSet: (remedy: Remedy) => void }) {
  const worst = texts.some((x) => x.tone === "danger") ? "danger" : "attention";
  return (
    <div className="hy-cell-refusal" data-tone={worst} data-bubble onMouseDown={(e) => e.stopPropagation()}>
      {texts.map((x, i) => <p key={i}>{x.text}</p>)}
      {remedy && <div><RemedyButton remedy={remedy} onSet={onSet} primary /></div>}
    </div>
  );
}
