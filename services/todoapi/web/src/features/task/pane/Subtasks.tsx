import { useState } from "react";
import type { Task } from "../../../api/types";
import * as acts from "../../../store/acts";
import { useChildren } from "../../../store/hooks";
import { cx } from "../../../ui/cx";
import { PlusIcon } from "../../../ui/icons";
import { Composer } from "../composer";
import { Facts } from "../row/Facts";
import { Tick } from "../row/Tick";
import { useEdit } from "../useEdit";
import { useWords } from "../useWords";
import styles from "./TaskPane.module.css";

interface SubtasksProps {
  task: Task;
  onOpen: (id: string) => void;
}

/** The parts of a task. */
export function Subtasks({ task, onOpen }: SubtasksProps) {
  const words = useWords();
  const { t } = words;
  const children = useChildren(task.id);
  const edit = useEdit();
  const [adding, setAdding] = useState(false);
  const done = children.filter(({ completedAt }) => completedAt !== null).length;

  const toggle = (child: Task) => {
    const completed = child.completedAt !== null;
    edit([completed ? acts.reopenTask(child.id) : acts.completeTask(child.id)], t(completed ? "done.reopened" : "done.completed", { count: 1, title: child.title }));
  };

  return (
    <section className={styles.part} aria-label={t("subtasks.label")}>
      {children.length > 0 && (
        <h3 className={styles.partName}>
          {t("subtasks.label")}{" "}
          <span className={styles.count}>
            {done}/{children.length}
          </span>
        </h3>
      )}
      <ul className={styles.subtasks}>
        {children.map((child) => (
          <li key={child.id} className={cx(styles.subtask, child.completedAt !== null && styles.done)}>
            <Tick task={child} words={words} onToggle={() => toggle(child)} />
            <button type="button" className={styles.subtaskMain} onClick={() => onOpen(child.id)}>
              <span className={styles.subtaskTitle}>{child.title}</span>
              <Facts task={child} words={words} />
            </button>
          </li>
        ))}
      </ul>
      {adding ? (
        <Composer place={{ parentId: task.id }} label={t("subtasks.add")} onClose={() => setAdding(false)} />
      ) : (
        task.completedAt === null && (
          <button type="button" className={styles.add} onClick={() => setAdding(true)}>
            <span className={styles.plus}>
              <PlusIcon />
            </span>
            {t("subtasks.add")}
          </button>
        )
      )}
    </section>
  );
}
