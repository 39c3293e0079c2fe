import type { ReactNode } from "react";
import styles from "./Badge.module.css";
import { cx } from "./cx";

interface BadgeProps {
  tone?: "plain" | "accent" | "warn" | "danger" | "good";
  icon?: ReactNode;
  children: ReactNode;
}

/** A word or a number about what it stands beside. */
export function Badge({ tone = "plain", icon, children }: BadgeProps) {
  return (
    <span className={cx(styles.badge, styles[tone])}>
      {icon}
      {children}
    </span>
  );
}
