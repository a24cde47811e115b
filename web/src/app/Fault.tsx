import { CloudOff } from "lucide-react";
import words from "../messages/unreachable.json";
import { language } from "./prefs";
import { useStore } from "./store";

/** Shown when not even the words could be loaded, so these few are part of the page. */
export function Fault({ onRetry }: { onRetry: () => void }) {
  const text = words[useStore(language)];
  return (
    <main className="hy-fault" role="alert">
      <CloudOff size={28} strokeWidth={1.5} />
      <h1>{text.title}</h1>
      <p>{text.text}</p>
      <button type="button" className="hy-plain-button" onClick={onRetry}>{text.again}</button>
    </main>
  );
}
