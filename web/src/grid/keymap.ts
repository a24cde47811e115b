/** The key table of the line grid as one pure function, so that a test walks it without a browser. */
export type Mode = "navigate" | "edit";
export type Command =
  | { do: "move"; rows: number; cols: number; extend: boolean }
  | { do: "edge"; row: "first" | "last" | "same"; col: "first" | "last" | "same"; extend: boolean }
  | { do: "edit" | "commitEnter" | "restore" | "fillDown" | "removeLine" | "insertLine" | "clear" | "undo" | "primary" | "selectAll" }
  | { do: "commitTab"; back: boolean }
  | { do: "moveLine"; by: 1 | -1 }
  | null;
export type Press = { key: string; ctrl: boolean; shift: boolean; alt: boolean; composing: boolean };

export function command(k: Press, mode: Mode, page: number): Command {
  if (k.composing || k.key === "Process") return null;
  if (k.ctrl && k.key === "Enter") return { do: "primary" };
  if (mode === "edit") {
    if (k.key === "Enter") return { do: "commitEnter" };
    if (k.key === "Tab") return { do: "commitTab", back: k.shift };
    if (k.key === "Escape") return { do: "restore" };
    return null;
  }
  const extend = k.shift;
  if (k.alt && (k.key === "ArrowUp" || k.key === "ArrowDown")) return { do: "moveLine", by: k.key === "ArrowUp" ? -1 : 1 };
  if (k.alt) return null;
  switch (k.key) {
    case "ArrowUp":
      return k.ctrl ? { do: "edge", row: "first", col: "same", extend } : { do: "move", rows: -1, cols: 0, extend };
    case "ArrowDown":
      return k.ctrl ? { do: "edge", row: "last", col: "same", extend } : { do: "move", rows: 1, cols: 0, extend };
    case "ArrowLeft":
      return { do: "move", rows: 0, cols: -1, extend };
    case "ArrowRight":
      return { do: "move", rows: 0, cols: 1, extend };
    case "PageUp":
      return { do: "move", rows: -page, cols: 0, extend };
    case "PageDown":
      return { do: "move", rows: page, cols: 0, extend };
    case "Home":
      return { do: "edge", row: k.ctrl ? "first" : "same", col: "first", extend };
    case "End":
      return { do: "edge", row: k.ctrl ? "last" : "same", col: "last", extend };
    case "Enter":
    case "F2":
      return { do: "edit" };
    case "Escape":
      return { do: "restore" };
    case "Insert":
      return { do: "insertLine" };
    case "Delete":
      return k.ctrl ? { do: "removeLine" } : { do: "clear" };
    case "Backspace":
      return k.ctrl ? null : { do: "clear" };
  }
  if (!k.ctrl) return null;
  switch (k.key.toLowerCase()) {
    case "d":
      return { do: "fillDown" };
    case "z":
      return { do: "undo" };
    case "a":
      return { do: "selectAll" };
  }
  return null;
}
