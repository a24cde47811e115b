import { Button } from "antd";
import { useState } from "react";
import type { Screen } from "../api/types";
import { Dialog } from "../app/Dialog";
import { useText } from "../messages/text";

type Props = { screen: Screen; verb: string; count: number; name?: string; onClose: () => void; onDone: (reason: string) => void };

/** Asked only before what cannot be undone, or where somebody will later want to know why. */
export function ReasonDialog({ screen, verb, count, name, onClose, onDone }: Props) {
  const { t } = useText();
  const [reason, setReason] = useState("");
  const action = screen.actions.find((a) => a.verb === verb);
  const label = t(action?.label ?? `verb.${verb}`);
  const needed = action?.reason ?? false;
  return (
    <Dialog
      title={name ? `${label} ${name}` : t("ui.bulk.title", { verb: label, n: count })} onClose={onClose} width={440}
      footer={<><Button onClick={onClose}>{t("ui.cancel")}</Button><Button type="primary" danger={["cancel", "reverse", "reject"].includes(verb)} disabled={needed && !reason.trim()} onClick={() => onDone(reason.trim())}>{label}</Button></>}
    >
      {needed ? (
        <label className="hy-stacked"><span>{t("ui.reason")}</span><textarea autoFocus rows={3} className="hy-text-input" value={reason} onChange={(e) => setReason(e.target.value)} onKeyDown={(e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && reason.trim()) onDone(reason.trim()); }} /></label>
      ) : <p>{t("ui.confirm.text", { verb: label })}</p>}
    </Dialog>
  );
}
