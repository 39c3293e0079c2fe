import { cloneElement, type ReactElement, useId } from "react";

interface FieldProps {
  label: string;
  hint?: string;
  fault?: string | undefined;
  children: ReactElement<{ id?: string; "aria-describedby"?: string; "aria-invalid"?: boolean }>;
}

/** One input with its label, and a hint or what is wrong with it. */
export function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId();
  const note = fault ?? hint;
  const described = note === undefined ? {} : { "aria-describedby": `${id}-note` };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, { id, ...described, ...(fault === undefined ? {} : { "aria-invalid": true }) })}
      {note !== undefined && (
        <p id={`${id}-note`} className={fault === undefined ? "hint" : "fault"}>
          {note}
        </p>
      )}
    </div>
  );
}
