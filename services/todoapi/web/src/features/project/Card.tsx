import { draggable } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { completeTask, reopenTask } from "../../store/acts";
import { useEntity } from "../../store/hooks";
import { useAct } from "../../sync/hooks";
import { Facts, taskData, Tick, useWords } from "../task";
import styles from "./project.module.css";

interface CardProps {
  id: string;
  /** Small: the title alone, as in a calendar. */
  small?: boolean;
  onOpen: (id: string) => void;
}

/** A task as a card that can be dragged. */
export function Card({ id, small = false, onOpen }: CardProps) {
  const { t } = useTranslation("lists");
  const task = useEntity("tasks", id);
  const act = useAct();
  const words = useWords();
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (card.current) return draggable({ element: card.current, getInitialData: () => taskData([id]) });
    return undefined;
  }, [id]);
  if (!task) return null;
  const completed = task.completedAt !== null;
  const toggle = () => act(completed ? reopenTask(id) : completeTask(id), t(completed ? "card.reopened" : "card.completed", { title: task.title }));
  return (
    <div ref={card} data-task={id} className={small ? styles.chip : styles.card}>
      {!small && <Tick task={task} words={words} tabIndex={0} onToggle={toggle} />}
      <button type="button" className={styles.open} onClick={() => onOpen(id)}>
        <span className={styles.title}>{task.title}</span>
        {!small && <Facts task={task} words={words} />}
      </button>
    </div>
  );
}
