import { Checkbox as Base } from "@base-ui/react/checkbox";
import { CheckIcon } from "./icons";
import styles from "./Switch.module.css";
import { VisuallyHidden } from "./VisuallyHidden";

interface CheckboxProps {
  label: string;
  /** The label is for screen readers only. */
  hideLabel?: boolean;
  checked: boolean;
  /** Some of what it stands for is checked, and some not. */
  indeterminate?: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

export function Checkbox({ label, hideLabel, checked, indeterminate = false, onChange, disabled = false }: CheckboxProps) {
  return (
    <label className={styles.checkLine}>
      <Base.Root className={styles.box} checked={checked} indeterminate={indeterminate} onCheckedChange={(next) => onChange(next)} disabled={disabled}>
        <Base.Indicator render={indeterminate ? <span className={styles.dash} /> : <CheckIcon />} />
      </Base.Root>
      {hideLabel ? <VisuallyHidden>{label}</VisuallyHidden> : label}
    </label>
  );
}
