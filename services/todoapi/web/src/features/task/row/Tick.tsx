import type { Task } from "../../../api/types";
import { CheckIcon } from "../../../ui/icons";
import { cx } from "../../../ui/cx";
import type { AllWords } from "../useWords";
import styles from "./Tick.module.css";

interface TickProps {
  task: Pick<Task, "title" | "priority" | "completedAt">;
  words: Pick<AllWords, "t">;
  onToggle: () => void;
  tabIndex?: number;
  large?: boolean;
}

/** Completes a task, and shows its priority by colour and number. */
export function Tick({ task, words: { t }, onToggle, tabIndex, large }: TickProps) {
  const completed = task.completedAt !== null;
  const priority = task.priority < 4 ? t("priority.short", { priority: task.priority }) : "";
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={completed}
      aria-label={[t("completeTask", { title: task.title }), priority].filter(Boolean).join(", ")}
      className={cx(styles.tick, styles[`p${task.priority}`], large && styles.large)}
      tabIndex={tabIndex}
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      <span className={styles.circle}>
        {task.priority < 4 && <span className={styles.number}>{task.priority}</span>}
        <CheckIcon />
      </span>
    </button>
  );
}
