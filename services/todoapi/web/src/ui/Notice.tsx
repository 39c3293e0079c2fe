import type { ReactNode } from "react";
import { WarningIcon } from "./icons";
import styles from "./Notice.module.css";

interface NoticeProps {
  /** What to do about it. */
  action: ReactNode;
  children: ReactNode;
}

/** Something above the screen that stays until something was done about it. */
export function Notice({ action, children }: NoticeProps) {
  return (
    <div className={styles.notice} role="status">
      <WarningIcon />
      <p>{children}</p>
      {action}
    </div>
  );
}
