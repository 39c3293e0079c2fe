import { type ComponentProps, type CSSProperties, useLayoutEffect, useRef } from "react";
import { mergeRefs } from "./mergeRefs";
import { cx } from "./cx";
import styles from "./Field.module.css";
import type { Named } from "./named";

type TextAreaProps = Named<Omit<ComponentProps<"textarea">, "rows" | "style" | "value">> & {
  value: string;
  /** How many lines it has when it is empty. */
  rows?: number;
  plain?: boolean;
};

const growsByItself = typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");

/** Several lines to write in. It is as high as what stands in it. */
export function TextArea({ rows = 1, plain, className, value, ref, ...rest }: TextAreaProps) {
  const area = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    if (growsByItself || !area.current) return;
    area.current.style.height = "auto";
    area.current.style.height = `${area.current.scrollHeight}px`;
  }, [value]);

  return (
    <textarea
      ref={mergeRefs(area, ref)}
      rows={rows}
      value={value}
      className={cx(styles.input, styles.area, plain && styles.plain, className)}
      style={{ "--rows": rows } as CSSProperties}
      {...rest}
    />
  );
}
