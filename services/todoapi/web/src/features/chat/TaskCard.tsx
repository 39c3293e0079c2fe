import { memo, useId, useState, useSyncExternalStore } from "react";
import type { Card } from "../../api/chat";
import type { Task } from "../../api/types";
import { completeTask, reopenTask, updateTask } from "../../store/acts";
import { useEntity, useStore } from "../../store/hooks";
import { plainTask } from "../../store/predict";
import { cx } from "../../ui/cx";
import { IconButton } from "../../ui/IconButton";
import { CalendarIcon } from "../../ui/icons";
import { Popover } from "../../ui/Popover";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import { Facts, onDay, Tick, useEdit, useWords } from "../task";
import { DatePicker } from "../task/pickers/DatePicker";
import styles from "./chat.module.css";

interface TaskCardProps {
  card: Card;
  /** By which the person may name it. */
  number: number | null;
  onOpen: (id: string) => void;
  onlyShown: boolean;
}

/** A task in an answer: as it is now where the page knows it, otherwise as it was when the answer was made. */
export const TaskCard = memo(function TaskCard({ card, number, onOpen, onlyShown }: TaskCardProps) {
  const words = useWords();
  const { t } = words;
  const edit = useEdit();
  const { known, task } = useCarded(card);
  const gone = useIsGone(card.id);
  const facts = useId();
  const { id, title, completedAt } = task;
  const completed = completedAt !== null;
  const toggle = () => edit([completed ? reopenTask(id) : completeTask(id)], t(completed ? "done.reopened" : "done.completed", { count: 1, title }));
  return (
    <li className={cx(styles.card, completed && styles.completed, gone && styles.gone)} data-task={id}>
      {number !== null && <Number of={number} />}
      {!onlyShown && !gone && <Tick task={task} words={words} onToggle={toggle} />}
      <div className={styles.cardBody}>
        <button type="button" className={styles.cardTitle} disabled={gone} aria-describedby={facts} onClick={() => onOpen(id)}>
          {title}
        </button>
        <Facts id={facts} task={task} words={words} namesProject />
      </div>
      {known && !onlyShown && !completed && <DateButton task={known} />}
    </li>
  );
});

interface PickCardProps {
  card: Card;
  number: number;
  open: boolean;
  chosen: boolean;
  onPick: () => void;
}

/** A task that may be the one that is meant. */
export function PickCard({ card, number, open, chosen, onPick }: PickCardProps) {
  const words = useWords();
  const { task } = useCarded(card);
  return (
    <li className={styles.card} data-task={card.id}>
      <button type="button" className={styles.pick} disabled={!open} aria-pressed={chosen || undefined} onClick={onPick}>
        <Number of={number} />
        <span className={styles.cardBody}>
          {task.title}
          <Facts task={task} words={words} namesProject />
        </span>
      </button>
    </li>
  );
}

function Number({ of }: { of: number }) {
  return (
    <>
      <span className={styles.number} aria-hidden="true">
        {of}
      </span>
      <VisuallyHidden>{of}.</VisuallyHidden>
    </>
  );
}

function DateButton({ task }: { task: Task }) {
  const { t } = useWords();
  const edit = useEdit();
  const [open, setOpen] = useState(false);
  const { id, title, due, recurrence } = task;
  return (
    <Popover
      label={t("selection.date")}
      align="end"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <IconButton size="small" className={styles.cardDate} label={t("date.of", { title })}>
          <CalendarIcon />
        </IconButton>
      }
    >
      <DatePicker
        key={id}
        due={due}
        recurrence={recurrence}
        onDay={(day) => {
          edit([onDay(task, day)], t("done.rescheduled", { count: 1, title }));
          setOpen(false);
        }}
        onChange={(fieldsOf) => {
          edit([updateTask(task, fieldsOf(task))], t("done.changed", { count: 1, title }));
          setOpen(false);
        }}
      />
    </Popover>
  );
}

/** The task of a card as it is now, if the page knows it. */
function useCarded(card: Card): { known: Task | undefined; task: Task } {
  const known = useEntity("tasks", card.id);
  return { known, task: known ?? taskOf(card) };
}

function taskOf({ id, title, due, priority, projectId, completedAt }: Card): Task {
  return { ...plainTask, id, title, priority, due: due ?? null, projectId: projectId ?? null, completedAt: completedAt ?? null, createdAt: "", updatedAt: "" };
}

/** Whether the feed has told that a task was deleted. */
function useIsGone(id: string): boolean {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.state.gone.has(id));
}
