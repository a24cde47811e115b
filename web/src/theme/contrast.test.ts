import { describe, expect, it } from "vitest";
import { palettes, states, toneColours, type Mode, type Palette, type Tone } from "./tokens";

/** WCAG 2.2 contrast of every pair the interface uses: text 4.5, edges and icons 3. */
const channel = (hex: string, at: number): number => {
  const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
};
const luminance = (hex: string): number => 0.2126 * channel(hex, 1) + 0.7152 * channel(hex, 3) + 0.0722 * channel(hex, 5);
const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
};
function pairs(p: Palette): [name: string, front: string, back: string, need: number][] {
  const found: [string, string, string, number][] = [];
  for (const back of ["surface", "canvas", "sunken", "raised", "hover"] as const)
    for (const front of ["ink", "ink2", "ink3", "accentInk", "danger", "attention", "success", "information"] as const) found.push([`${front} on ${back}`, p[front], p[back], 4.5]);
  found.push(["onAccent on accent", p.onAccent, p.accent, 4.5], ["onAccent on accentHover", p.onAccent, p.accentHover, 4.5], ["ink on accentSoft", p.ink, p.accentSoft, 4.5], ["ink3 on accentSoft", p.ink3, p.accentSoft, 4.5]);
  found.push(["ink on dangerSoft", p.ink, p.dangerSoft, 4.5], ["ink on attentionSoft", p.ink, p.attentionSoft, 4.5], ["ink2 on pressed", p.ink2, p.pressed, 4.5]);
  for (const tone of [...new Set(Object.values(states).map((s) => s.tone))] as Tone[]) {
    const { ink, soft } = toneColours(p, tone);
    found.push([`${tone} chip`, ink, soft, 4.5]);
  }
  found.push(["focus ring on surface", p.focus, p.surface, 3], ["field edge on surface", p.field, p.surface, 3], ["accent icon on canvas", p.accent, p.canvas, 3]);
  return found;
}
describe.each(["light", "dark"] as Mode[])("contrast, %s", (mode) => {
  it.each(pairs(palettes[mode]))("%s", (_name, front, back, need) => expect(contrast(front, back)).toBeGreaterThanOrEqual(need));
});
