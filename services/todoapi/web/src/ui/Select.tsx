import { Select as Base } from "@base-ui/react/select";
import type { ReactNode } from "react";
import { cx } from "./cx";
import fieldStyles from "./Field.module.css";
import { CheckIcon } from "./icons";
import menuStyles from "./Menu.module.css";
import { ChevronsIcon } from "./moreIcons";
import styles from "./Select.module.css";

export interface Option<Value extends string> {
  value: Value;
  label: string;
  icon?: ReactNode;
}

interface SelectProps<Value extends string> {
  label: string;
  /** The label is for screen readers only. */
  hideLabel?: boolean;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly Option<Value>[];
  disabled?: boolean;
}

/** One of a few, of which all can be seen at once. For more than a dozen there is Combobox. */
export function Select<Value extends string>({ label, hideLabel, value, onChange, options, disabled = false }: SelectProps<Value>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Base.Root value={value} onValueChange={(next) => next !== null && onChange(next)} items={options} disabled={disabled}>
      <div className={fieldStyles.field}>
        {!hideLabel && <Base.Label className={fieldStyles.label}>{label}</Base.Label>}
        <Base.Trigger className={cx(fieldStyles.input, styles.trigger)} {...(hideLabel && { "aria-label": label })}>
          <span className={styles.value}>
            {chosen?.icon}
            <Base.Value />
          </span>
          <Base.Icon className={styles.sign}>
            <ChevronsIcon />
          </Base.Icon>
        </Base.Trigger>
      </div>
      <Base.Portal>
        <Base.Positioner className={menuStyles.positioner} sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className={menuStyles.menu}>
            <Base.List>
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className={menuStyles.item}>
                  {option.icon}
                  <Base.ItemText className={menuStyles.words}>{option.label}</Base.ItemText>
                  <span className={menuStyles.tick}>
                    <Base.ItemIndicator render={<CheckIcon />} />
                  </span>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
