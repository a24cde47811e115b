import { describe, expect, it } from "vitest";
import { command, type Mode, type Press } from "./keymap";

const press = (text: string): Press => {
  const parts = text.split("+");
  return { key: parts[parts.length - 1]!, ctrl: parts.includes("Ctrl"), shift: parts.includes("Shift"), alt: parts.includes("Alt"), composing: parts.includes("IME") };
};
const table: [keys: string, mode: Mode, want: string][] = [
  ["ArrowDown", "navigate", "move 1 0"], ["Shift+ArrowDown", "navigate", "move 1 0 extend"], ["ArrowUp", "navigate", "move -1 0"], ["ArrowLeft", "navigate", "move 0 -1"], ["ArrowRight", "navigate", "move 0 1"],
  ["PageDown", "navigate", "move 10 0"], ["PageUp", "navigate", "move -10 0"], ["Home", "navigate", "edge same first"], ["Ctrl+Home", "navigate", "edge first first"], ["End", "navigate", "edge same last"], ["Ctrl+End", "navigate", "edge last last"],
  ["Ctrl+ArrowDown", "navigate", "edge last same"], ["Enter", "navigate", "edit"], ["F2", "navigate", "edit"], ["Escape", "navigate", "restore"], ["Delete", "navigate", "clear"], ["Backspace", "navigate", "clear"],
  ["Ctrl+Delete", "navigate", "removeLine"], ["Insert", "navigate", "insertLine"], ["Alt+ArrowUp", "navigate", "moveLine -1"], ["Alt+ArrowDown", "navigate", "moveLine 1"], ["Ctrl+d", "navigate", "fillDown"], ["Ctrl+z", "navigate", "undo"],
  ["Ctrl+a", "navigate", "selectAll"], ["Ctrl+Enter", "navigate", "primary"], ["Ctrl+Enter", "edit", "primary"], ["Tab", "navigate", "none"], ["a", "navigate", "none"], ["Ctrl+c", "navigate", "none"], ["Ctrl+v", "navigate", "none"],
  ["Enter", "edit", "commitEnter"], ["Tab", "edit", "commitTab"], ["Shift+Tab", "edit", "commitTab back"], ["Escape", "edit", "restore"], ["ArrowDown", "edit", "none"], ["ArrowLeft", "edit", "none"], ["Delete", "edit", "none"], ["Ctrl+d", "edit", "none"],
  ["IME+Enter", "edit", "none"], ["IME+ArrowDown", "navigate", "none"], ["Process", "navigate", "none"],
];
const said = (c: ReturnType<typeof command>): string => {
  if (!c) return "none";
  switch (c.do) {
    case "move":
      return `move ${c.rows} ${c.cols}${c.extend ? " extend" : ""}`;
    case "edge":
      return `edge ${c.row} ${c.col}`;
    case "commitTab":
      return `commitTab${c.back ? " back" : ""}`;
    case "moveLine":
      return `moveLine ${c.by}`;
    default:
      return c.do;
  }
};
describe("the key table", () => {
  it.each(table)("%s while %s: %s", (keys, mode, want) => expect(said(command(press(keys), mode, 10))).toBe(want));
});
