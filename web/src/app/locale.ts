import type { ConfigProviderProps } from "antd";
import type { Language } from "../messages/text";

type Locale = NonNullable<ConfigProviderProps["locale"]>;
const load: Readonly<Record<Language, () => Promise<{ default: unknown }>>> = {
  zh_hant: () => import("antd/locale/zh_TW"),
  zh_hans: () => import("antd/locale/zh_CN"),
  en: () => import("antd/locale/en_US"),
};
/** antd's own words, loaded with the language. */
export async function antdLocale(language: Language): Promise<Locale> {
  const found = (await load[language]()).default as Locale & { default?: Locale };
  return found.default ?? found;
}
