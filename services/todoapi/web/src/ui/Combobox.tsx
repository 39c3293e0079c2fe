import { Combobox as Base } from "@base-ui/react/combobox";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "./cx";
import styles from "./Combobox.module.css";
import fieldStyles from "./Field.module.css";
import { CheckIcon } from "./icons";
import menuStyles from "./Menu.module.css";
import { ChevronsIcon } from "./moreIcons";
import type { Option } from "./Select";

interface ComboboxProps {
  label: string;
  /** The label is for screen readers only. */
  hideLabel?: boolean;
  value: string;
  onChange: (value: string) => void;
  options: readonly Option<string>[];
}

/** One of many, found by typing, such as a time zone. */
export function Combobox({ label, hideLabel, value, onChange, options }: ComboboxProps) {
  const { t } = useTranslation("ui");
  const id = useId();
  const chosen = options.find((option) => option.value === value) ?? null;
  return (
    <Base.Root items={options} value={chosen} onValueChange={(option: Option<string> | null) => option && onChange(option.value)}>
      <div className={fieldStyles.field}>
        {!hideLabel && (
          <label className={fieldStyles.label} htmlFor={id}>
            {label}
          </label>
        )}
        <Base.InputGroup className={styles.box}>
          <Base.Input id={id} className={fieldStyles.input} {...(hideLabel && { "aria-label": label })} />
          <Base.Trigger className={styles.open} aria-label={label}>
            <ChevronsIcon />
          </Base.Trigger>
        </Base.InputGroup>
      </div>
      <Base.Portal>
        <Base.Positioner className={menuStyles.positioner} sideOffset={4}>
          <Base.Popup className={cx(menuStyles.menu, styles.popup)}>
            <Base.Empty className={styles.empty}>{t("nothingFound")}</Base.Empty>
            <Base.List className={styles.list}>
              {(option: Option<string>) => (
                <Base.Item key={option.value} value={option} className={menuStyles.item}>
                  {option.icon}
                  <span className={menuStyles.words}>{option.label}</span>
                  <span className={menuStyles.tick}>
                    <Base.ItemIndicator render={<CheckIcon />} />
                  </span>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
