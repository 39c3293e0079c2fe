import { useTranslation } from "react-i18next";
import type { Priority } from "../../../api/types";
import { FlagIcon } from "../../../ui/moreIcons";
import { MenuChoice } from "../../../ui/Menu";
import styles from "./Priority.module.css";

const priorities: readonly Priority[] = [1, 2, 3, 4];

/** The priorities, in a menu. */
export function PriorityItems({ value, onPick }: { value: Priority; onPick: (priority: Priority) => void }) {
  const { t } = useTranslation("task");
  return (
    <MenuChoice
      label={t("priority.label")}
      value={String(value)}
      onChange={(next) => onPick(Number(next) as Priority)}
      options={priorities.map((priority) => ({ value: String(priority), label: t(`priority.${priority}`), icon: <PriorityFlag priority={priority} /> }))}
    />
  );
}

/** The sign of a priority: its colour, and its number for those who do not see that. */
export function PriorityFlag({ priority }: { priority: Priority }) {
  return (
    <span className={styles.flag} data-priority={priority} aria-hidden="true">
      <FlagIcon />
      {priority < 4 && <span className={styles.number}>{priority}</span>}
    </span>
  );
}
