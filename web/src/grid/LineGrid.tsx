import { useCallback, useMemo, useRef, useSyncExternalStore, type ClipboardEvent, type CSSProperties, type KeyboardEvent, type ReactNode } from "react";
import "./grid.css";
import { command } from "./keymap";
import { LineRow } from "./LineRow";
import type { GridSession } from "./session";
import type { Column, GridLabels } from "./types";
import { useWindow } from "./useWindow";

export type GridProps<Row extends { key: string }> = {
  session: GridSession<Row>;
  labels: GridLabels;
  rowHeight: number;
  onPrimary?: () => void;
  /** What floats under a cell that has a problem while the focus is on it. */
  bubble?: (row: Row, column: Column<Row>) => ReactNode;
};

export function LineGrid<Row extends { key: string }>({ session, labels, rowHeight, onPrimary, bubble }: GridProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  useSyncExternalStore(session.subscribe, () => session.shape);
  const focusRow = useSyncExternalStore(session.subscribe, () => session.focus.row);
  const focusCol = useSyncExternalStore(session.subscribe, () => session.focus.col);
  const count = session.length();
  const indexes = useWindow(scroller, count, rowHeight, focusRow, session.active);
  // The tracks live on the grid, once: rows inherit them.
  const tracks = `40px ${session.columns.map((c) => (c.grow ? `minmax(${c.width}px, 1fr)` : `${c.width}px`)).join(" ")}`;
  const width = 40 + session.columns.reduce((n, c) => n + c.width, 0);

  const onKeyDown = useCallback((e: KeyboardEvent) => {
    if (!scroller.current?.contains(e.target as Node) || (e.target as HTMLElement).closest("[data-bubble]")) return;
    const page = Math.max(1, Math.floor((scroller.current.clientHeight || 400) / rowHeight) - 3);
    const press = { key: e.key, ctrl: e.ctrlKey || e.metaKey, shift: e.shiftKey, alt: e.altKey, composing: e.nativeEvent.isComposing || e.keyCode === 229 };
    if (session.staged && !press.composing) {
      if (e.key === "Enter") {
        e.preventDefault();
        return session.apply();
      }
      if (e.key === "Escape") {
        e.preventDefault();
        return session.discard();
      }
    }
    const c = command(press, session.mode, page);
    if (!c) return;
    if (c.do === "primary") {
      if (!session.commit()) e.preventDefault();
      else if (onPrimary) {
        e.preventDefault();
        e.stopPropagation();
        onPrimary();
      }
      return;
    }
    e.preventDefault();
    const { focus } = session;
    switch (c.do) {
      case "move":
        return session.goto({ row: focus.row + c.rows, col: focus.col + c.cols }, c.extend);
      case "edge":
        return session.goto({ row: c.row === "first" ? 0 : c.row === "last" ? session.rows.length - 1 : focus.row, col: c.col === "first" ? 0 : c.col === "last" ? session.columns.length - 1 : focus.col }, c.extend);
      case "edit":
        return session.edit("end");
      case "commitEnter":
        return session.commitEnter();
      case "commitTab":
        return session.commitTab(c.back);
      case "restore":
        return session.restore();
      case "fillDown":
        return session.fillDown();
      case "removeLine":
        return session.removeLines();
      case "insertLine":
        return session.insertLine();
      case "moveLine":
        return session.moveLine(c.by);
      case "clear":
        return session.clear();
      case "undo":
        return session.undo();
      case "selectAll":
        session.anchor = { row: 0, col: 0 };
        return session.goto({ row: session.rows.length - 1, col: session.columns.length - 1 }, true);
    }
  }, [session, rowHeight, onPrimary]);
  const onCopy = (e: ClipboardEvent) => {
    if (session.mode === "edit") return;
    e.preventDefault();
    e.clipboardData.setData("text/plain", session.copy());
  };
  const onPaste = (e: ClipboardEvent) => {
    if (session.mode === "edit") return;
    e.preventDefault();
    session.paste(e.clipboardData.getData("text/plain"));
  };
  // The focused input is unmounted while the focus moves; whether the grid was left is known only afterwards.
  const onBlur = () => setTimeout(() => {
    if (scroller.current?.contains(document.activeElement)) return;
    session.active = false;
    session.commit();
  });

  const head = useMemo(() => (
    <div className="hy-line hy-head" role="row" aria-rowindex={1}>
      <div role="columnheader" aria-colindex={1} className="hy-cell hy-no">{labels.line}</div>
      {session.columns.map((c, i) => (
        <div key={c.id} role="columnheader" aria-colindex={i + 2} className="hy-cell" data-align={c.align} data-frozen={c.frozen || undefined} title={c.title}>
          <span>{c.title}</span>
          {c.required && c.edit === "always" && !session.locked && <i className="hy-required" aria-hidden>*</i>}
        </div>
      ))}
    </div>
  ), [session, session.columns, session.locked, labels.line]);
  const { rows } = session;
  const totals = useMemo(() => session.columns.some((c) => c.sum) && (
    <div className="hy-line hy-foot" role="row" aria-rowindex={rows.length + 2}>
      <div className="hy-cell hy-no" role="gridcell" aria-colindex={1}>{"\u03a3"}</div>
      {session.columns.map((c, i) => (
        <div key={c.id} role="gridcell" aria-colindex={i + 2} className="hy-cell" data-align={c.align} data-frozen={c.frozen || undefined}>{c.sum?.(rows)}</div>
      ))}
    </div>
  ), [session, session.columns, rows]);
  const { staged } = session;
  return (
    <div className="hy-lines" style={{ "--tracks": tracks, "--width": `${width}px`, "--row": `${rowHeight}px` } as CSSProperties}>
      <div
        ref={scroller} className="hy-lines-scroll" role="grid" aria-label={labels.grid} aria-rowcount={session.rows.length + 1} aria-colcount={session.columns.length + 1}
        aria-multiselectable aria-readonly={session.locked || undefined} onKeyDown={onKeyDown} onCopy={onCopy} onPaste={onPaste} onFocus={() => { session.active = true; }} onBlur={onBlur}
      >
        {head}
        <div className="hy-lines-body" role="rowgroup" style={{ height: count * rowHeight }}>
          {indexes.map((i) => <LineRow key={session.rows[i]?.key ?? `staged-${i}`} index={i} top={i * rowHeight} session={session} bubble={bubble} />)}
        </div>
        {totals}
      </div>
      <span className="hy-hidden" aria-live="polite">{session.active && labels.position(focusRow + 1, session.columns[focusCol]?.title ?? "", focusCol + 1, session.columns.length)}</span>
      {staged && (
        <div className="hy-staged" role="status">
          <span>{labels.pastePreview(staged.height, staged.width, staged.badCount)}</span>
          <button type="button" className="hy-staged-apply" onClick={() => session.apply()}>{labels.apply} <kbd>Enter</kbd></button>
          <button type="button" onClick={() => session.discard()}>{labels.discard} <kbd>Esc</kbd></button>
        </div>
      )}
    </div>
  );
}
