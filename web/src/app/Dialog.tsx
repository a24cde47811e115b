import { X } from "lucide-react";
import { useEffect, useId, useRef, type ReactNode } from "react";
import { useText } from "../messages/text";

type Props = { title: string; onClose: () => void; children: ReactNode; footer?: ReactNode; width?: number; bare?: boolean };

/** The browser's own dialog: it keeps the focus inside, closes with Esc and gives the focus back. */
export function Dialog({ title, onClose, children, footer, width = 520, bare = false }: Props) {
  const { t } = useText();
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const el = ref.current;
    if (!el || el.open) return;
    el.showModal();
    // The browser would start at the cross.
    const body = el.querySelector<HTMLElement>(".hy-dialog-body");
    (body?.querySelector<HTMLElement>("input, textarea") ?? body)?.focus();
  }, []);
  return (
    <dialog
      ref={ref} className="hy-dialog" data-bare={bare || undefined} aria-labelledby={titleId} style={{ width }} onKeyDown={(e) => e.stopPropagation()}
      onCancel={(e) => { e.preventDefault(); onClose(); }} onMouseDown={(e) => { if (e.target === ref.current) onClose(); }}
    >
      <header className={bare ? "hy-hidden" : undefined}>
        <h2 id={titleId}>{title}</h2>
        {!bare && <button type="button" className="hy-icon" aria-label={t("ui.close")} onClick={onClose}><X size={16} /></button>}
      </header>
      <div className="hy-dialog-body" tabIndex={-1}>{children}</div>
      {footer && <footer>{footer}</footer>}
    </dialog>
  );
}
