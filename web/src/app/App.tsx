import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { ConfigProvider } from "antd";
import { lazy, Suspense, useEffect, useLayoutEffect, useMemo, useState, type ReactNode } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { context } from "../api/client";
import * as calls from "../api/calls";
import { htmlLanguage, makeText, TextContext, type Catalogue, type Language } from "../messages/text";
import { antdTheme, cssVariables, fontFamily } from "../theme/tokens";
import { Fault } from "./Fault";
import { antdLocale } from "./locale";
import { language as languageStore, useMode, usePrefs } from "./prefs";
import { expired, loadSession, queries, session, SessionContext } from "./session";
import { Shell } from "./Shell";
import { keep, stored, useStore } from "./store";

const SignIn = lazy(() => import("../pages/SignIn").then((m) => ({ default: m.SignIn })));
const Seatless = lazy(() => import("../pages/SignIn").then((m) => ({ default: m.Seatless })));
const ResetPassword = lazy(() => import("../pages/SignIn").then((m) => ({ default: m.ResetPassword })));

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Words>
        <Look>
          <BrowserRouter>
            <Routes>
              <Route path="/password/reset/:key" element={<Suspense><ResetPassword /></Suspense>} />
              <Route path="*" element={<Gate />} />
            </Routes>
          </BrowserRouter>
        </Look>
      </Words>
    </QueryClientProvider>
  );
}

/** The catalogue of the chosen language. The last one is kept, so the first paint after a reload already speaks. */
function Words({ children }: { children: ReactNode }) {
  const language = useStore(languageStore);
  context.language = language;
  const kept = useMemo(() => stored<Catalogue | undefined>(`words.${language}`, undefined), [language]);
  const { data, error, refetch } = useQuery({
    queryKey: ["messages", language], staleTime: Infinity, gcTime: Infinity,
    queryFn: async () => {
      const words = await calls.messages(language);
      keep(`words.${language}`, words);
      return words;
    },
  });
  const catalogue = data ?? kept;
  const text = useMemo(() => makeText(language, catalogue ?? {}), [language, catalogue]);
  if (!catalogue) return error ? <Fault onRetry={() => void refetch()} /> : null;
  return <TextContext value={text}>{children}</TextContext>;
}

function Look({ children }: { children: ReactNode }) {
  const language = useStore(languageStore);
  const { density } = usePrefs();
  const mode = useMode();
  useLayoutEffect(() => {
    const root = document.documentElement;
    root.lang = htmlLanguage[language];
    root.dataset.mode = mode;
    root.dataset.density = density;
    root.style.colorScheme = mode;
    for (const [name, value] of Object.entries(cssVariables(mode, density))) root.style.setProperty(name, value);
    root.style.setProperty("--hy-family", fontFamily(language));
  }, [language, mode, density]);
  const theme = useMemo(() => antdTheme(mode, density, language), [mode, density, language]);
  const locale = useLocale(language);
  return <ConfigProvider theme={theme} button={{ autoInsertSpace: false }} wave={{ disabled: true }} {...(locale ? { locale } : {})}>{children}</ConfigProvider>;
}
function useLocale(language: Language) {
  const [locale, setLocale] = useState<Awaited<ReturnType<typeof antdLocale>>>();
  useEffect(() => {
    let here = true;
    void antdLocale(language).then((found) => here && setLocale(found));
    return () => { here = false; };
  }, [language]);
  return locale;
}

/** Signed out: the sign-in page. Signed in: the shell. Expired: the shell with the sign-in over it, nothing lost. */
function Gate() {
  const now = useStore(session);
  const over = useStore(expired);
  const language = useStore(languageStore);
  useEffect(() => { void loadSession(); }, []);
  const wanted = typeof now === "object" && now ? now.user.language : null;
  useEffect(() => {
    if (wanted && wanted !== language && !stored("language.chosen", false)) languageStore.set(wanted);
    // Only when the person changes, not when they switch by hand.
  }, [wanted]);
  if (now === undefined) return null;
  if (now === "fault") return <Fault onRetry={() => void loadSession()} />;
  if (now === "seatless") return <Suspense><Seatless /></Suspense>;
  if (now === null) return <Suspense><SignIn /></Suspense>;
  return (
    <SessionContext value={now}>
      <Shell key={now.company.id} />
      {over && <Suspense><SignIn over /></Suspense>}
    </SessionContext>
  );
}
