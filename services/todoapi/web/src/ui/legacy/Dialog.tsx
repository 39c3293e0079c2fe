import { type ReactNode, useEffect, useId, useRef } from "react";
import { CloseIcon } from "../icons";
import "./Dialog.css";

interface DialogProps {
  title: string;
  /** A panel lies in the middle, a sheet along the right edge; on a phone both fill the screen. */
  shape?: "panel" | "sheet";
  onClose: () => void;
  /** Asked when the person dismisses the dialog (Escape, the cross, a click outside): false keeps it open. */
  mayClose?: () => boolean;
  children: ReactNode;
}

/** A modal dialog on the platform's own element: it traps focus, answers Escape and gives focus back. */
export function Dialog({ title, shape = "panel", onClose, mayClose = () => true, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();

  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);

  const dismiss = () => {
    if (mayClose()) onClose();
  };

  return (
    <dialog
      ref={ref}
      className={`dialog ${shape}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        dismiss();
      }}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) dismiss();
      }}
    >
      <div className="dialog-body">
        <header className="dialog-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" className="button quiet square" aria-label="Close" onClick={dismiss}>
            <CloseIcon />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
