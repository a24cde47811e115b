import { memo, useSyncExternalStore, type MouseEvent, type ReactNode } from "react";
import { CellInput } from "./CellInput";
import type { GridSession, RowView } from "./session";
import type { Column } from "./types";

type Bubble<Row> = ((row: Row, column: Column<Row>) => ReactNode) | undefined;
type Props<Row extends { key: string }> = { index: number; top: number; session: GridSession<Row>; bubble: Bubble<Row> };

function Line<Row extends { key: string }>({ index, top, session, bubble }: Props<Row>) {
  const v = useSyncExternalStore(session.subscribe, () => session.view(index));
  if (!v.row) return null;
  const open = bubble !== undefined && v.problems.some((p) => p.column === session.columns[v.focusCol]?.id);
  const worst = v.problems.some((p) => p.tone === "danger") ? "danger" : v.problems.length ? "attention" : undefined;
  return (
    <div role="row" aria-rowindex={index + 2} className="hy-line" data-current={v.focusCol >= 0 || undefined} data-staged={v.staged || undefined} data-computing={v.computing || undefined} data-open={open || undefined} data-up={(open && index > 5 && index > session.rows.length - 5) || undefined} style={{ top }}>
      <div role="rowheader" aria-colindex={1} className="hy-cell hy-no" data-tone={worst}>{index + 1}</div>
      {session.columns.map((c, col) => <LineCell key={c.id} col={col} column={c} view={v} session={session} bubble={bubble} />)}
    </div>
  );
}
export const LineRow = memo(Line) as typeof Line;

type CellProps<Row extends { key: string }> = { col: number; column: Column<Row>; view: RowView<Row>; session: GridSession<Row>; bubble: Bubble<Row> };
function LineCell<Row extends { key: string }>({ col, column, view: v, session, bubble }: CellProps<Row>) {
  const focused = v.focusCol === col;
  const problem = v.problems.find((p) => p.column === column.id);
  const problemId = problem && `why-${v.row.key}-${column.id}`;
  const never = column.edit === "never";
  const inside = col >= v.from && col <= v.to;
  const down = (e: MouseEvent) => {
    if (e.button !== 0 || (focused && v.mode === "edit") || (e.target as HTMLElement).closest("[data-bubble]")) return;
    e.preventDefault();
    session.active = true;
    if (session.commit()) session.goto({ row: v.index, col }, e.shiftKey);
  };
  const over = (e: MouseEvent) => {
    if (e.buttons === 1 && session.mode === "navigate" && session.active) session.goto({ row: v.index, col }, true);
  };
  const open = focused && problem && bubble ? bubble(v.row, column) : null;
  const picture = () => (column.render ? column.render(v.row) : <span title={column.align === "start" ? column.show(v.row) : undefined}>{column.show(v.row)}</span>);
  return (
    <div
      role="gridcell" aria-colindex={col + 2} aria-selected={inside || focused} aria-readonly={never || session.locked || undefined} className="hy-cell" data-column={column.id}
      data-align={column.align} data-frozen={column.frozen || undefined} data-focus={focused || undefined} data-editing={(focused && v.mode === "edit") || undefined} data-open={open ? true : undefined}
      data-never={(never && !session.locked) || undefined} data-in={inside || undefined} data-bad={v.bad.has(col) || undefined} data-problem={problem?.tone}
      onMouseDown={down} onMouseEnter={over} onDoubleClick={() => session.edit("end")}
    >
      {v.bad.has(col) ? <span>{v.bad.get(col)}</span> : focused && (v.mode === "edit" || !column.render) ? null : picture()}
      {focused && <CellInput column={column} row={v.row} mode={v.mode} session={session} problem={problem} problemId={problemId} />}
      {problem && <span id={problemId} className="hy-hidden">{problem.text}</span>}
      {open}
    </div>
  );
}
