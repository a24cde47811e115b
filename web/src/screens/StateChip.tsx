import { useText } from "../messages/text";
import { isState, states, type State } from "../theme/tokens";

const shapeOf = (state: string) => states[isState(state) ? state : "planned"];

/** Shape, word, colour, in that order. The ring fills as the document goes along. */
export function StateIcon({ state, size = 14 }: { state: string; size?: number }) {
  const s = shapeOf(state);
  const around = 2 * Math.PI * 3;
  const solid = s.shape === "check" || s.shape === "bar" || s.shape === "cross";
  return (
    <svg width={size} height={size} viewBox="0 0 14 14" className="hy-state-icon" data-tone={s.tone} aria-hidden>
      {solid ? <circle cx="7" cy="7" r="6.5" fill="currentColor" /> : <circle cx="7" cy="7" r="5.75" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray={s.shape === "dashed" ? "2.2 2.3" : undefined} />}
      {s.shape === "ring" && s.fill > 0 && <circle cx="7" cy="7" r="3" fill="none" stroke="currentColor" strokeDasharray={`${s.fill * around} ${around}`} transform="rotate(-90 7 7)" style={{ strokeWidth: 3.4 }} />}
      {s.shape === "check" && <path d="M4 7.2 6.2 9.3 10 5.2" fill="none" stroke="var(--hy-surface)" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />}
      {s.shape === "bar" && <path d="M4 7h6" stroke="var(--hy-surface)" strokeWidth="1.8" strokeLinecap="round" />}
      {s.shape === "cross" && <path d="m4.8 4.8 4.4 4.4m0-4.4-4.4 4.4" stroke="var(--hy-surface)" strokeWidth="1.5" strokeLinecap="round" />}
    </svg>
  );
}
/** In lists only a state that asks for something has a ground; forty coloured pills say nothing. */
export const asks = (state: string): boolean => ["submitted", "blocked"].includes(state as State);
export function StateChip({ state, quiet }: { state: string; quiet?: boolean }) {
  const { t } = useText();
  return <span className="hy-state" data-tone={shapeOf(state).tone} data-quiet={quiet || undefined}><StateIcon state={state} />{t(`state.${state}`)}</span>;
}
