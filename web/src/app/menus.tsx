import { Dropdown, type MenuProps } from "antd";
import { Check, ChevronDown, Languages } from "lucide-react";
import * as calls from "../api/calls";
import { languages, useText, type Language } from "../messages/text";
import { language as languageStore, setPref, usePrefs } from "./prefs";
import { leave, signedIn, switchCompany, useSession } from "./session";
import { keep, useStore } from "./store";

const short: Readonly<Record<Language, string>> = { zh_hant: "ui.language.short.zh_hant", zh_hans: "ui.language.short.zh_hans", en: "ui.language.short.en" };
const tick = (on: boolean) => <Check size={14} style={{ visibility: on ? "visible" : "hidden" }} />;

export function CompanyMenu() {
  const { company, companies } = useSession();
  const { t } = useText();
  if (companies.length < 2) return <span className="hy-company"><b>{company.name}</b></span>;
  const items: MenuProps["items"] = companies.map((c) => ({ key: String(c.id), icon: tick(c.id === company.id), label: <span><b>{c.name}</b> <small>{c.code}</small></span> }));
  return (
    <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => Number(key) !== company.id && void switchCompany(Number(key)) }}>
      <button type="button" className="hy-company" aria-label={t("ui.company.switch", { name: company.name })}><b>{company.name}</b><ChevronDown size={14} /></button>
    </Dropdown>
  );
}

/** Speaks at once; a signed-in person keeps it. */
export function chooseLanguage(language: Language): void {
  keep("language.chosen", true);
  languageStore.set(language);
  if (signedIn()) void calls.chooseLanguage(language);
}
export function LanguageMenu() {
  const { t } = useText();
  const now = useStore(languageStore);
  const items: MenuProps["items"] = languages.map((l) => ({ key: l, icon: tick(l === now), label: t(`ui.language.${l}`) }));
  return (
    <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => chooseLanguage(key as Language) }}>
      <button type="button" className="hy-icon" aria-label={t("ui.language")}><Languages size={16} /><span>{t(short[now])}</span></button>
    </Dropdown>
  );
}

export function PersonMenu() {
  const { user, release, roles } = useSession();
  const { t, has } = useText();
  const { mode, density } = usePrefs();
  const items: MenuProps["items"] = [
    { key: "who", type: "group", label: <span className="hy-who"><b>{user.name || user.login}</b><small>{roles.map((r) => (has(`role.${r}`) ? t(`role.${r}`) : r)).slice(0, 3).join(" \u00b7 ")}</small></span> },
    { type: "divider" },
    { key: "look", type: "group", label: t("ui.look"), children: (["auto", "light", "dark"] as const).map((m) => ({ key: `mode:${m}`, icon: tick(m === mode), label: t(`ui.look.${m}`) })) },
    { key: "rows", type: "group", label: t("ui.density"), children: (["compact", "comfortable"] as const).map((d) => ({ key: `density:${d}`, icon: tick(d === density), label: t(`ui.density.${d}`) })) },
    { type: "divider" },
    { key: "leave", label: t("ui.sign_out") },
    { key: "release", type: "group", label: <small>Heyi {release}</small> },
  ];
  const onClick: MenuProps["onClick"] = ({ key }) => {
    const [what, value] = key.split(":");
    if (what === "mode") setPref({ mode: value as typeof mode });
    else if (what === "density") setPref({ density: value as typeof density });
    else if (key === "leave") void leave();
  };
  return (
    <Dropdown trigger={["click"]} menu={{ items, onClick }} placement="bottomRight">
      <button type="button" className="hy-person" aria-label={t("ui.person", { name: user.name || user.login })}><span className="hy-face" aria-hidden>{initials(user.name || user.login)}</span></button>
    </Dropdown>
  );
}
/** Two letters of a Latin name, the given name of a Chinese one. */
function initials(name: string): string {
  if (/[\u3400-\u9fff]/.test(name)) return name.length > 2 ? name.slice(-2) : name;
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return ((words[0]?.[0] ?? "") + (words[1]?.[0] ?? words[0]?.[1] ?? "")).toUpperCase();
}
