import type { ComponentProps, ReactNode } from "react";
import buttonStyles from "./Button.module.css";
import { cx } from "./cx";
import { tipped } from "./tips";

export interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label" | "title"> {
  /** Its name, which is also shown when the pointer rests on it. */
  label: string;
  /** Keys that do the same, such as "$mod+k". */
  keys?: string | undefined;
  size?: "small" | "medium";
  variant?: "quiet" | "plain" | "primary";
  /** Of one that switches something: whether that is on. */
  pressed?: boolean;
  children: ReactNode;
}

export function IconButton({ label, keys, size = "medium", variant = "quiet", pressed, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-pressed={pressed}
      className={cx(buttonStyles.button, buttonStyles[variant], buttonStyles.square, size === "small" && buttonStyles.small, pressed && buttonStyles.pressed, className)}
      {...tipped({ label, keys })}
      {...rest}
    >
      {children}
    </button>
  );
}
