import { Combobox as Base } from "@base-ui/react/combobox";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./Combobox.module.css";
import { CheckIcon, PlusIcon } from "./icons";
import menuStyles from "./Menu.module.css";
import type { Option } from "./Select";

interface PickListProps {
  /** What is picked; also what the empty line to search in says. */
  label: string;
  options: readonly Option<string>[];
  /** What is picked already. */
  picked: readonly string[];
  /** Called with an option that was picked, or picked again. */
  onPick: (value: string) => void;
  /** Offers to make what was typed, if there is nothing of that name. */
  onCreate?: (name: string) => void;
}

/** A list to search and pick from, all in the open: the content of a popover. */
export function PickList({ label, options, picked, onPick, onCreate }: PickListProps) {
  const { t } = useTranslation("ui");
  const [text, setText] = useState("");
  const name = text.trim();
  const creates = onCreate !== undefined && name !== "" && !options.some((option) => option.label.toLowerCase() === name.toLowerCase());
  const creation: Option<string> = { value: "", label: name, icon: <PlusIcon /> };
  return (
    <div className={styles.picker}>
      <Base.Root
        inline
        open
        items={creates ? [...options, creation] : options}
        multiple
        value={options.filter(({ value }) => picked.includes(value))}
        inputValue={text}
        autoHighlight
        onInputValueChange={(next, { reason }) => {
          // Picking clears the line by itself, but what was searched for is still wanted there.
          if (reason === "input-change" || reason === "input-clear") setText(next);
        }}
        onValueChange={(next: Option<string>[]) => {
          const changed = next.find(({ value }) => !picked.includes(value)) ?? options.find(({ value }) => picked.includes(value) && !next.some((option) => option.value === value));
          if (!changed) return;
          setText("");
          if (changed.value === "" && creates) onCreate(name);
          else onPick(changed.value);
        }}
      >
        <Base.Input className={styles.search} placeholder={label} aria-label={label} autoFocus />
        <Base.Empty className={styles.empty}>{t("nothingFound")}</Base.Empty>
        <Base.List className={styles.list} aria-label={label}>
          {(option: Option<string>) => (
            <Base.Item key={option.value} value={option} className={menuStyles.item}>
              {option.icon}
              <span className={menuStyles.words}>{option.value === "" ? t("create", { name }) : option.label}</span>
              <span className={menuStyles.tick}>
                <Base.ItemIndicator render={<CheckIcon />} />
              </span>
            </Base.Item>
          )}
        </Base.List>
      </Base.Root>
    </div>
  );
}
