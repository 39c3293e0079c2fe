import type { ComponentProps, ReactNode } from "react";
import styles from "./Button.module.css";
import { cx } from "./cx";
import { Spinner } from "./Spinner";

export interface ButtonProps extends ComponentProps<"button"> {
  variant?: "plain" | "primary" | "quiet" | "danger" | "link";
  size?: "small" | "medium" | "large";
  icon?: ReactNode;
  wide?: boolean;
  /** Something is under way: it cannot be pressed again until that is over. */
  busy?: boolean;
  /** The words on it, which are its name. */
  children: ReactNode;
}

export function Button({ variant = "plain", size = "medium", icon, wide, busy, disabled, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={cx(styles.button, styles[variant], variant !== "link" && styles[size], wide && styles.wide, className)}
      disabled={disabled === true || busy === true}
      aria-busy={busy}
      {...rest}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}
