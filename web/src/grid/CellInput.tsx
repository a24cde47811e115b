import { useId, useLayoutEffect, useRef, type KeyboardEvent } from "react";
import { ChoiceList } from "./ChoiceList";
import type { Mode } from "./keymap";
import type { GridSession } from "./session";
import type { Column, Problem } from "./types";
import { useChoices } from "./useChoices";

type Props<Row extends { key: string }> = { column: Column<Row>; row: Row; mode: Mode; session: GridSession<Row>; problem: Problem | undefined; problemId: string | undefined };

/**
 * The waiting editor. The focused cell always holds a real input with its text selected, so the first key of an input method
 * already lands in a text field and nothing is lost. It is uncontrolled: React never writes into a composition.
 */
export function CellInput<Row extends { key: string }>({ column, row, mode, session, problem, problemId }: Props<Row>) {
  const input = useRef<HTMLInputElement>(null);
  const shown = column.show(row);
  const { serial } = session;
  const list = useChoices(column.lookup, mode === "edit");
  const listId = useId();
  useLayoutEffect(() => {
    const el = input.current;
    if (!el) return;
    if (session.active && document.activeElement !== el) el.focus({ preventScroll: true });
    if (mode === "edit" && session.start === "typed") return;
    el.value = mode === "edit" ? session.text : shown;
    if (mode === "edit" && session.start === "end") el.setSelectionRange(el.value.length, el.value.length);
    else if (session.active) el.select(); // select() takes the focus in Chromium: not before the grid has it
  }, [mode, serial, session, shown]);
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing || e.keyCode === 229 || session.locked) return;
    const opens = column.lookup && ((e.altKey && e.key === "ArrowDown") || e.key === "F4");
    if (opens && !list.choices.length) {
      e.preventDefault();
      e.stopPropagation();
      session.edit("end");
      return list.ask(mode === "edit" ? session.text : "", true);
    }
    if (mode !== "edit" || !list.choices.length) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      list.step(e.key === "ArrowDown" ? 1 : -1);
    } else if (e.key === "Enter" && !e.ctrlKey && !e.metaKey) {
      e.preventDefault();
      e.stopPropagation();
      session.commitEnter(list.hit());
    } else if (e.key === "Tab") {
      e.preventDefault();
      e.stopPropagation();
      session.commitTab(e.shiftKey, list.hit());
    } else if (e.key === "Escape") {
      e.preventDefault();
      e.stopPropagation();
      list.close();
    }
  };
  const open = list.choices.length > 0;
  return (
    <>
      <input
        ref={input} className="hy-input" data-mode={mode} data-under={(mode === "navigate" && column.render !== undefined) || undefined} tabIndex={0} readOnly={session.locked || column.edit === "never"}
        aria-label={column.title} aria-required={column.required || undefined} aria-invalid={problem ? true : undefined} aria-describedby={problemId}
        {...(column.lookup ? { role: "combobox", "aria-expanded": open, "aria-controls": open ? listId : undefined, "aria-autocomplete": "list" as const, "aria-activedescendant": open ? `${listId}-${list.at}` : undefined } : {})}
        autoComplete="off" spellCheck={false} onKeyDown={onKeyDown} onCompositionStart={() => session.edit("typed")}
        onCompositionEnd={(e) => list.ask(e.currentTarget.value)}
        onInput={(e) => {
          session.type(e.currentTarget.value);
          if (!(e.nativeEvent as InputEvent).isComposing) list.ask(e.currentTarget.value);
        }}
      />
      {open && input.current && <ChoiceList id={listId} anchor={input.current} label={column.title} choices={list.choices} at={list.at} onTake={(c) => session.commitEnter(c)} />}
    </>
  );
}
