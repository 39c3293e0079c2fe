import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "./cx";
import { BellIcon, CloseIcon, WarningIcon } from "./icons";
import styles from "./Toasts.module.css";
import { dismissToast, shownOf, stays, type Toast, useToasts } from "./toastStore";

const shownMs = 7_000;

/** The messages at the foot of the page. Screen readers hear each as it comes. */
export function Toasts() {
  const { t } = useTranslation("ui");
  const toasts = useToasts();
  const shown = shownOf(toasts);
  const [held, setHeld] = useState(false);
  return (
    <div
      className={styles.toasts}
      role="status"
      aria-live="polite"
      aria-label={t("notices")}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {toasts.length > shown.length && <p className={styles.more}>{t("moreNotices", { count: toasts.length - shown.length })}</p>}
      {shown.map((toast) => (
        <ToastCard key={toast.id} toast={toast} held={held} />
      ))}
    </div>
  );
}

/** held: somebody is at one of the toasts, so all of them wait. */
function ToastCard({ toast, held }: { toast: Toast; held: boolean }) {
  const { t } = useTranslation("ui");
  const { id, message, tone, action } = toast;
  const waits = held || stays(toast);

  useEffect(() => {
    if (waits) return;
    const timer = setTimeout(() => dismissToast(id), shownMs);
    return () => clearTimeout(timer);
  }, [id, waits]);

  return (
    <div className={cx(styles.toast, styles[tone])}>
      {tone === "reminder" && <BellIcon />}
      {tone === "error" && <WarningIcon />}
      <span className={styles.message}>{message}</span>
      {action && (
        <button
          type="button"
          className={styles.action}
          onClick={() => {
            dismissToast(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" className={styles.close} aria-label={t("dismiss")} onClick={() => dismissToast(id)}>
        <CloseIcon />
      </button>
    </div>
  );
}
