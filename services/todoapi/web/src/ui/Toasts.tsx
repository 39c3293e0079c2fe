import { useEffect, useState } from "react";
import { BellIcon, CloseIcon } from "./icons";
import { dismissToast, type Toast, useToasts } from "./toastStore";
import "./Toasts.css";

const shownMs = 7_000;

/** The messages at the foot of the page. Screen readers hear each as it comes. */
export function Toasts() {
  const toasts = useToasts();
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  const { id, message, tone, action } = toast;
  const stays = held || tone === "reminder";

  useEffect(() => {
    if (stays) return;
    const timer = setTimeout(() => dismissToast(id), shownMs);
    return () => clearTimeout(timer);
  }, [id, stays]);

  return (
    <div
      className={`toast ${tone}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {tone === "reminder" && <BellIcon />}
      <span className="toast-message">{message}</span>
      {action && (
        <button
          type="button"
          className="toast-action"
          onClick={() => {
            dismissToast(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" className="toast-close" aria-label="Dismiss" onClick={() => dismissToast(id)}>
        <CloseIcon />
      </button>
    </div>
  );
}
