/** Design tokens: the only file that names a colour, a size or a duration. */
import { theme as antd, type ThemeConfig } from "antd";

export type Mode = "light" | "dark";
export type Density = "compact" | "comfortable";

/** Paper, ink and one pigment: dai, the blue-green of a painted brow. Warm greys keep it from looking like a dashboard kit. */
const light = {
  canvas: "#f4f4f1", surface: "#ffffff", sunken: "#f9f9f7", raised: "#ffffff", hover: "#f1f1ed", pressed: "#e8e8e3",
  hairline: "#e4e3de", hairlineStrong: "#c9c8c1", field: "#8b8c86",
  ink: "#1b1e1f", ink2: "#4c5152", ink3: "#666b6b", onAccent: "#ffffff",
  accent: "#0b6770", accentHover: "#09565e", accentPressed: "#07474e", accentSoft: "#e2f0f1", accentInk: "#08535b", focus: "#0b6770",
  attention: "#8a5200", attentionSoft: "#fcf0db", danger: "#b0261c", dangerSoft: "#fceae7",
  success: "#2a682f", successSoft: "#e6f2e5", information: "#3c53a4", informationSoft: "#e9edf9",
  shadow: "0 1px 2px rgb(27 30 31 / 6%), 0 8px 24px rgb(27 30 31 / 12%)",
};
export type Palette = { readonly [K in keyof typeof light]: string };
const dark: Palette = {
  canvas: "#121415", surface: "#1a1d1e", sunken: "#161819", raised: "#222627", hover: "#232728", pressed: "#2c3132",
  hairline: "#2b2f30", hairlineStrong: "#3f4546", field: "#7c8383",
  ink: "#e9eae7", ink2: "#b7bcba", ink3: "#939a98", onAccent: "#04262a",
  accent: "#62bcc5", accentHover: "#79cad2", accentPressed: "#4fa9b2", accentSoft: "#173236", accentInk: "#8ed3da", focus: "#62bcc5",
  attention: "#e6b15c", attentionSoft: "#332712", danger: "#f2897e", dangerSoft: "#3a1d1a",
  success: "#84c588", successSoft: "#1a2e1c", information: "#9db0f0", informationSoft: "#1f2540",
  shadow: "0 0 0 1px rgb(255 255 255 / 6%), 0 12px 32px rgb(0 0 0 / 55%)",
};
export const palettes: Readonly<Record<Mode, Palette>> = { light, dark };

/** A state is a shape and a word first, a colour last. `fill` is the part of the ring that is full, 0–1. */
export type Tone = "neutral" | "attention" | "information" | "accent" | "success" | "danger";
export const states = {
  draft: { tone: "neutral", shape: "dashed", fill: 0 },
  submitted: { tone: "attention", shape: "ring", fill: 0.25 },
  approved: { tone: "information", shape: "ring", fill: 0.5 },
  partial: { tone: "accent", shape: "ring", fill: 0.75 },
  planned: { tone: "neutral", shape: "ring", fill: 0 },
  posted: { tone: "success", shape: "check", fill: 1 },
  blocked: { tone: "danger", shape: "bar", fill: 1 },
  closed: { tone: "neutral", shape: "check", fill: 1 },
  reversed: { tone: "neutral", shape: "bar", fill: 1 },
  cancelled: { tone: "neutral", shape: "cross", fill: 1 },
} as const satisfies Record<string, { tone: Tone; shape: "dashed" | "ring" | "check" | "bar" | "cross"; fill: number }>;
export type State = keyof typeof states;
export const isState = (name: string): name is State => name in states;

/** Four sizes on a page, never five. Line heights suit CJK, which needs 1.5–1.57. */
export const type = { small: [12, 18], compact: [13, 20], base: [14, 22], title: [18, 26] } as const;
export const latin = `-apple-system, "Segoe UI", Inter, "Helvetica Neue", Roboto, "Noto Sans", Ubuntu, Cantarell`;
export const cjk = {
  zh_hant: `"PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC", "Noto Sans TC"`,
  zh_hans: `"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC"`,
  en: `"PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC"`,
} as const;

export const densities = {
  compact: { row: 28, head: 28, control: 28, font: type.compact, pad: 8, section: 28 },
  comfortable: { row: 36, head: 34, control: 32, font: type.base, pad: 10, section: 34 },
} as const;
export const layout = { topbar: 48, tabs: 36, menu: 208, panel: 360, quick: 328, touch: 48, action: 56 } as const;
export const radius = { control: 6, chip: 4, phone: 10 } as const;
export const motion = { fast: "90ms", normal: "150ms", ease: "cubic-bezier(.2,0,0,1)" } as const;

const soft = { attention: "attentionSoft", danger: "dangerSoft", success: "successSoft", information: "informationSoft", accent: "accentSoft", neutral: "pressed" } as const;
const text = { attention: "attention", danger: "danger", success: "success", information: "information", accent: "accentInk", neutral: "ink2" } as const;
export const toneColours = (p: Palette, tone: Tone) => ({ ink: p[text[tone]], soft: p[soft[tone]] });

const kebab = (name: string) => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** CSS custom properties for our own parts; antd reads the same values through `antdTheme`. */
export function cssVariables(mode: Mode, density: Density): Record<string, string> {
  const p = palettes[mode];
  const d = densities[density];
  const vars: Record<string, string> = {};
  for (const [name, value] of Object.entries(p)) vars[`--hy-${kebab(name)}`] = value;
  for (const [name, value] of Object.entries(layout)) vars[`--hy-${name}`] = `${value}px`;
  for (const name of ["row", "head", "control", "pad", "section"] as const) vars[`--hy-d-${name}`] = `${d[name]}px`;
  vars["--hy-font"] = `${d.font[0]}px`;
  vars["--hy-line"] = `${d.font[1]}px`;
  vars["--hy-radius"] = `${radius.control}px`;
  vars["--hy-motion"] = `${motion.fast} ${motion.ease}`;
  return vars;
}

/** antd derives a new shade from each seed in its dark algorithm (#62bcc5 became #56a3aa): the last algorithm puts our values back. */
type Algorithm = Exclude<NonNullable<ThemeConfig["algorithm"]>, unknown[]>;
const exactColours = (p: Palette): Algorithm => (seed, map) => ({
  ...(map ?? antd.defaultAlgorithm(seed)),
  colorPrimary: p.accent, colorPrimaryHover: p.accentHover, colorPrimaryActive: p.accentPressed, colorPrimaryBorder: p.accent, colorPrimaryBg: p.accentSoft, colorPrimaryText: p.accentInk,
  colorSuccess: p.success, colorWarning: p.attention, colorError: p.danger, colorInfo: p.information,
});

export type FontLanguage = keyof typeof cjk;
export const fontFamily = (language: FontLanguage): string => `${latin}, ${cjk[language]}, system-ui, sans-serif`;

export function antdTheme(mode: Mode, density: Density, language: FontLanguage): ThemeConfig {
  const p = palettes[mode];
  const d = densities[density];
  return {
    algorithm: [mode === "dark" ? antd.darkAlgorithm : antd.defaultAlgorithm, exactColours(p)],
    token: {
      colorPrimary: p.accent, colorPrimaryHover: p.accentHover, colorPrimaryActive: p.accentPressed,
      colorPrimaryBg: p.accentSoft, colorPrimaryBgHover: p.accentSoft, colorPrimaryText: p.accentInk,
      colorLink: p.accentInk, colorLinkHover: p.accent, colorInfo: p.information,
      colorSuccess: p.success, colorWarning: p.attention, colorError: p.danger,
      colorText: p.ink, colorTextSecondary: p.ink2, colorTextTertiary: p.ink3, colorTextPlaceholder: p.ink3, colorTextDescription: p.ink3,
      colorBgLayout: p.canvas, colorBgContainer: p.surface, colorBgElevated: p.raised, colorBgTextHover: p.hover,
      colorBorder: p.hairlineStrong, colorBorderSecondary: p.hairline, colorSplit: p.hairline,
      controlItemBgHover: p.hover, controlItemBgActive: p.accentSoft, controlOutline: p.accentSoft,
      fontFamily: fontFamily(language),
      fontSize: d.font[0], lineHeight: d.font[1] / d.font[0], controlHeight: d.control, controlHeightSM: d.control - 4,
      borderRadius: radius.control, borderRadiusSM: radius.chip, borderRadiusLG: radius.control,
      boxShadow: p.shadow, boxShadowSecondary: p.shadow, motionDurationMid: motion.normal, motionDurationSlow: motion.normal, motionDurationFast: motion.fast,
      wireframe: false,
    },
    components: {
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none", primaryColor: p.onAccent, fontWeight: 500, paddingInline: 12, textHoverBg: p.hover },
      Tooltip: { colorBgSpotlight: mode === "dark" ? p.pressed : p.ink },
      Popover: { titleMinWidth: 0 },
      Tabs: { horizontalItemGutter: 20, horizontalItemPadding: "8px 0", titleFontSize: d.font[0], inkBarColor: p.accent },
      Checkbox: { controlInteractiveSize: 14 },
    },
  };
}
