import { useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import type { Choice } from "./types";

type Props = { id: string; anchor: HTMLElement; label: string; choices: readonly Choice[]; at: number; onTake: (choice: Choice) => void };

/** The list under an input. It floats over everything and never takes the focus. */
export function ChoiceList({ id, anchor, label, choices, at, onTake }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const coded = choices.some((c) => c.label);
  const box = anchor.getBoundingClientRect();
  const width = Math.max(coded ? Math.min(420, innerWidth - 16) : 120, Math.min(box.width, 560));
  const height = Math.min(choices.length * 28 + 8, 320);
  const above = box.bottom + height > innerHeight && box.top > height;
  useLayoutEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return createPortal(
    <ul
      ref={list} id={id} role="listbox" aria-label={label} className="hy-choices" data-coded={coded || undefined}
      style={{ left: Math.max(8, Math.min(box.left - 1, innerWidth - width - 8)), minWidth: width, maxHeight: 320, ...(above ? { bottom: innerHeight - box.top + 2 } : { top: box.bottom + 2 }) }}
    >
      {choices.map((c, i) => (
        <li key={c.key} id={`${id}-${i}`} role="option" aria-selected={i === at} onMouseDown={(e) => { e.preventDefault(); onTake(c); }}>
          <b>{c.code}</b>
          {coded && <span>{c.label}</span>}
          {c.hint && <i>{c.hint}</i>}
        </li>
      ))}
    </ul>,
    document.body,
  );
}
