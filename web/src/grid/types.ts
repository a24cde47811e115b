import type { ReactNode } from "react";

/** What a column needs from its field kit. `parse` returns undefined for "I cannot read this". */
export type Column<Row> = {
  id: string;
  title: string;
  width: number;
  grow?: boolean;
  align: "start" | "end";
  frozen?: boolean;
  edit: "always" | "never";
  required: boolean;
  /** The server fills it when another column is chosen: Enter does not stop there while it is computing. */
  filled: boolean;
  /** The text in the cell, in the editor, and on the clipboard. */
  show: (row: Row) => string;
  raw: (row: Row) => string;
  render?: (row: Row) => ReactNode;
  isEmpty: (row: Row) => boolean;
  parse: (text: string, row: Row) => Row | undefined;
  /** Why a text cannot be read. */
  refuse: (text: string) => string;
  lookup?: (text: string, signal?: AbortSignal) => Promise<readonly Choice[]>;
  take?: (choice: Choice, row: Row) => Row;
  sum?: (rows: readonly Row[]) => string;
};
export type Choice = { key: string; code: string; label: string; hint: string; value: unknown };
export type Cell = { row: number; col: number };
export type Tone = "danger" | "attention";
export type Problem = { rowKey: string; column: string; tone: Tone; text: string };
export type GridLabels = {
  grid: string;
  line: string;
  position: (line: number, column: string, at: number, of: number) => string;
  pastePreview: (rows: number, cols: number, bad: number) => string;
  apply: string;
  discard: string;
};
