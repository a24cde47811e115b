import { useLayoutEffect, useState, type RefObject } from "react";

/**
 * Which rows exist in the document. Lines are all of one height, so this is arithmetic: moving the focus sets the scroll
 * position and the window in the same commit, and the new row is painted in the frame of the key.
 */
export function useWindow(scroller: RefObject<HTMLDivElement | null>, count: number, rowHeight: number, focusRow: number, follow: boolean): number[] {
  const [first, setFirst] = useState(0);
  const [height, setHeight] = useState(560);
  const step = 2;
  const shown = Math.ceil(height / rowHeight) + 2 * step;
  const start = Math.max(0, Math.min(first - step, count - shown));
  useLayoutEffect(() => {
    const el = scroller.current;
    if (!el) return;
    const read = () => setFirst(Math.floor(el.scrollTop / rowHeight / step) * step);
    const size = new ResizeObserver(() => setHeight(el.clientHeight || 560));
    size.observe(el);
    el.addEventListener("scroll", read, { passive: true });
    return () => {
      size.disconnect();
      el.removeEventListener("scroll", read);
    };
  }, [scroller, rowHeight]);
  useLayoutEffect(() => {
    const el = scroller.current;
    if (!el || !follow) return;
    const top = focusRow * rowHeight;
    const room = el.clientHeight - 3 * rowHeight; // head, foot, the line itself
    const to = top < el.scrollTop ? top : top > el.scrollTop + room ? top - room : el.scrollTop;
    if (to === el.scrollTop) return;
    el.scrollTop = to;
    setFirst(Math.floor(to / rowHeight / step) * step);
  }, [scroller, focusRow, rowHeight, follow]);
  const indexes = Array.from({ length: Math.max(0, Math.min(shown + step, count - start)) }, (_, i) => start + i);
  // The focused row stays in the document when it is scrolled away: focus and the text being typed survive.
  if (focusRow < count && !indexes.includes(focusRow)) indexes.push(focusRow);
  return indexes;
}
