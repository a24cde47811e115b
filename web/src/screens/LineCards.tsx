import { Button } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useState, useSyncExternalStore } from "react";
import type { LinesSpec } from "../api/types";
import { isEmpty, kitOf, labelOf, referenceText, type Env } from "../fields/kits";
import type { DraftLine } from "./columns";
import type { DraftStore } from "./draft";
import { FieldInput } from "./FieldInput";

type Props = { store: DraftStore; lines: LinesSpec; env: Env };

/** On a phone a line is a card: read at a glance, opened to be edited, never wider than the screen. */
export function LineCards({ store, lines, env }: Props) {
  const grid = store.grid!;
  useSyncExternalStore(grid.subscribe, () => grid.shape);
  const [open, setOpen] = useState<string | null>(null);
  const add = () => {
    grid.addLine();
    grid.restore();
    grid.active = false;
    setOpen(grid.rows[grid.rows.length - 1]?.key ?? null);
  };
  return (
    <ol className="hy-cards" aria-label={env.t("ui.lines")}>
      {grid.rows.map((row, i) => (grid.blank(row) && open !== row.key ? null : <Card key={row.key} row={row} no={i + 1} store={store} lines={lines} env={env} open={open === row.key} onOpen={() => setOpen(open === row.key ? null : row.key)} />))}
      {store.editable && <li><Button block icon={<Plus size={15} />} onClick={add}>{env.t("ui.add_line")}</Button></li>}
    </ol>
  );
}

type CardProps = Props & { row: DraftLine; no: number; open: boolean; onOpen: () => void };
function Card({ row, no, store, lines, env, open, onOpen }: CardProps) {
  const grid = store.grid!;
  const lead = lines.fields[lines.enter];
  const rest = lines.columns.filter((c) => c !== lines.enter).map((c) => lines.fields[c]).filter((f) => f !== undefined);
  const problems = grid.problems.filter((p) => p.rowKey === row.key);
  const head = lead ? (lead.kind === "reference" ? referenceText(row.values[lead.path], env.language) : kitOf(lead).show(row.values[lead.path], lead, env)) : "";
  const write = (path: string, value: DraftLine["values"][string]) => grid.put(row.key, (r) => ({ ...r, values: { ...r.values, [path]: value } }));
  return (
    <li className="hy-card" data-tone={problems.some((p) => p.tone === "danger") ? "danger" : problems.length ? "attention" : undefined}>
      <button type="button" className="hy-card-head" aria-expanded={open} onClick={onOpen}><span className="num hy-mute">{no}</span><b>{head || env.t("ui.new_line")}</b></button>
      {!open && <dl className="hy-card-facts">{rest.filter((f) => !isEmpty(row.values[f.path])).map((f) => <div key={f.path}><dt>{labelOf(f, env)}</dt><dd className="num">{kitOf(f).show(row.values[f.path], f, env, row.values)}</dd></div>)}</dl>}
      {open && (
        <dl className="hy-card-fields" data-walk>
          {[...(lead ? [lead] : []), ...rest].map((f) => {
            const readOnly = f.edit === "never" || !store.editable;
            const problem = problems.find((p) => p.column === f.path);
            return (
              <div key={f.path}><dt><label htmlFor={`${row.key}-${f.path}`}>{labelOf(f, env)}</label></dt>
                <dd data-read={readOnly || undefined}>{readOnly ? <span className="num">{kitOf(f).show(row.values[f.path], f, env, row.values)}</span>
                  : <FieldInput id={`${row.key}-${f.path}`} spec={f} label={labelOf(f, env)} value={row.values[f.path]} env={env} problem={problem?.text ?? null} tone={problem?.tone ?? null} onChange={(v) => write(f.path, v)} />}</dd></div>
            );
          })}
          {store.editable && <div><Button block danger type="text" icon={<Trash2 size={15} />} onClick={() => { grid.show(row.key, null); grid.active = false; grid.removeLines(); }}>{env.t("ui.remove_line")}</Button></div>}
        </dl>
      )}
      {!open && problems.map((p) => <p key={p.column + p.text} className="hy-card-why">{p.text}</p>)}
    </li>
  );
}
