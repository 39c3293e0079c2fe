import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "./cx";
import { BellIcon, CloseIcon, WarningIcon } from "./icons";
import styles from "./Toasts.module.css";
import { dismissToast, shownOf, stays, type Toast, useToasts } from "./toastStore";

const shownMs = 7_000;

const regionId = "notices";

/** Brings the keyboard to what can be done about the newest message. */
export function focusToasts(): void {
  document.getElementById(regionId)?.lastElementChild?.querySelector("button")?.focus();
}

/** The messages at the foot of the page. Screen readers hear each as it comes. */
export function Toasts() {
  const { t } = useTranslation("ui");
  const toasts = useToasts();
  const shown = shownOf(toasts);
  const [held, setHeld] = useState(false);
  return (
    <div
      id={regionId}
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
  const { id, message, tone, actions = [] } = toast;
  const waits = held || stays(toast);

  useEffect(() => {
    if (waits) return;
    const timer = setTimeout(() => dismissToast(id), shownMs);
    return () => clearTimeout(timer);
  }, [id, waits]);

  return (
    <div className={cx(styles.toast, styles[tone], actions.length > 1 && styles.choices)}>
      {tone === "reminder" && <BellIcon />}
      {tone === "error" && <WarningIcon />}
      <span className={styles.message}>{message}</span>
      <div className={styles.actions}>
        {actions.map(({ label, name, run }) => (
          <button
            key={label}
            type="button"
            className={styles.action}
            {...(name !== undefined && { "aria-label": name })}
            onClick={() => {
              dismissToast(id);
              run();
            }}
          >
            {label}
          </button>
        ))}
      </div>
      <button type="button" className={styles.close} aria-label={t("dismiss")} onClick={() => dismissToast(id)}>
        <CloseIcon />
      </button>
    </div>
  );
}
