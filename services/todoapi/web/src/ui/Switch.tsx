import { Switch as Base } from "@base-ui/react/switch";
import styles from "./Switch.module.css";

interface SwitchProps {
  label: string;
  detail?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

/** Something that is on or off, and is so at once. */
export function Switch({ label, detail, checked, onChange, disabled = false }: SwitchProps) {
  return (
    <label className={styles.line}>
      <span className={styles.words}>
        {label}
        {detail !== undefined && <span className={styles.detail}>{detail}</span>}
      </span>
      <Base.Root className={styles.switch} checked={checked} onCheckedChange={(next) => onChange(next)} disabled={disabled}>
        <Base.Thumb className={styles.thumb} />
      </Base.Root>
    </label>
  );
}
