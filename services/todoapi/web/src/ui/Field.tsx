import { type ReactNode, useId } from "react";
import styles from "./Field.module.css";

/** What the control of a field takes, so that its label and note are known as its own. */
export interface ControlProps {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}

interface FieldProps {
  label: string;
  hint?: string | undefined;
  /** What is wrong with what was entered; it takes the place of the hint. */
  fault?: string | undefined;
  children: (control: ControlProps) => ReactNode;
}

/** One control with its label, and a hint or what is wrong with it. */
export function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId();
  const note = fault ?? hint;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        ...(note !== undefined && { "aria-describedby": `${id}-note` }),
        ...(fault !== undefined && { "aria-invalid": true }),
      })}
      {note !== undefined && (
        <p id={`${id}-note`} className={fault === undefined ? styles.hint : styles.fault}>
          {note}
        </p>
      )}
    </div>
  );
}
