import type { ComponentProps } from "react";
import type { Named } from "./named";
import { cx } from "./cx";
import styles from "./Field.module.css";

type InputProps = Named<Omit<ComponentProps<"input">, "size">> & {
  size?: "medium" | "large";
  /** Without border and ground: for words that are changed where they stand. */
  plain?: boolean;
};

/** One line to write in: in a Field, or with a name by aria-label. */
export function Input({ size = "medium", plain, className, ...rest }: InputProps) {
  return <input className={cx(styles.input, size === "large" && styles.large, plain && styles.plain, className)} {...rest} />;
}
