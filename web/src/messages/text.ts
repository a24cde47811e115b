import { createContext, useContext } from "react";

export const languages = ["zh_hant", "zh_hans", "en"] as const;
export type Language = (typeof languages)[number];
export type Values = Readonly<Record<string, string | number>>;
export type Translate = (key: string, values?: Values) => string;
export type Catalogue = Readonly<Record<string, string>>;

export const htmlLanguage: Readonly<Record<Language, string>> = { zh_hant: "zh-Hant", zh_hans: "zh-Hans", en: "en" };

/** The words of one language. A key nobody has words for shows its last part, so a gap is seen and the page still works. */
export function translator(catalogue: Catalogue): Translate {
  return (key, values) => {
    const text = catalogue[key] ?? key.slice(key.lastIndexOf(".") + 1).replaceAll("_", " ");
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values?.[name];
      return value === undefined ? whole : String(value);
    });
  };
}

/** The language a browser asks for, before anyone has signed in. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const low = tag.toLowerCase();
    if (low.startsWith("zh")) return /hant|tw|hk|mo/.test(low) ? "zh_hant" : "zh_hans";
    if (low.startsWith("en")) return "en";
  }
  return "en";
}

/** A name in the middle of a sentence: English begins it small, unless it is an abbreviation. */
export const inside = (name: string): string => (/^[A-Z][a-z]/.test(name) ? name[0]!.toLowerCase() + name.slice(1) : name);

type Text = {
  language: Language;
  t: Translate;
  /** The first of several keys that has words. */
  first: (...keys: string[]) => string;
  has: (key: string) => boolean;
};
export const makeText = (language: Language, catalogue: Catalogue): Text => {
  const t = translator(catalogue);
  return { language, t, has: (key) => key in catalogue, first: (...keys) => t(keys.find((key) => key in catalogue) ?? keys[keys.length - 1]!) };
};
export const TextContext = createContext<Text>(makeText("en", {}));
export const useText = (): Text => useContext(TextContext);
