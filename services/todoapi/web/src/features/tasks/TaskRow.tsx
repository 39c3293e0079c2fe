import * as Menu from "@radix-ui/react-dropdown-menu";
import { memo } from "react";
import type { Task } from "../../api/types";
import { BellIcon, CalendarIcon, CheckIcon, MoreIcon, NoteIcon, RepeatIcon } from "../../ui/icons";
import { dayOf, describeDue, dueDay, isOverdue } from "../../time/due";
import { useSentence } from "./useUnderstood";

export interface RowHandlers {
  onToggle: (task: Task) => void;
  onEdit: (task: Task) => void;
  onDelete: (task: Task) => void;
}

interface TaskRowProps extends RowHandlers {
  task: Task;
  now: Date;
  zone: string;
}

export const TaskRow = memo(function TaskRow({ task, now, zone, onToggle, onEdit, onDelete }: TaskRowProps) {
  const completed = task.completedAt !== null;
  return (
    <li className={`row ${completed ? "completed" : ""}`} data-task={task.id}>
      <button
        type="button"
        role="checkbox"
        aria-checked={completed}
        aria-label={`Complete ${task.title}`}
        className={`tick p${task.priority}`}
        onClick={() => onToggle(task)}
      >
        <span className="tick-circle">
          <CheckIcon />
        </span>
      </button>
      <button type="button" className="row-main" data-row-focus onClick={() => onEdit(task)}>
        <span className="row-title">{task.title}</span>
        <Facts task={task} now={now} zone={zone} />
      </button>
      <Menu.Root modal={false}>
        <Menu.Trigger className="button quiet square row-more" aria-label={`More for ${task.title}`}>
          <MoreIcon />
        </Menu.Trigger>
          <Menu.Content className="menu" align="end" sideOffset={4}>
            <Menu.Item className="menu-item" onSelect={() => onEdit(task)}>
              Edit
            </Menu.Item>
            <Menu.Item className="menu-item" onSelect={() => onToggle(task)}>
              {completed ? "Reopen" : "Complete"}
            </Menu.Item>
            <Menu.Separator className="menu-line" />
            <Menu.Item className="menu-item danger" onSelect={() => onDelete(task)}>
              Delete…
            </Menu.Item>
          </Menu.Content>
      </Menu.Root>
    </li>
  );
});

function Facts({ task, now, zone }: { task: Task; now: Date; zone: string }) {
  const { due, recurrence, reminders, notes, tags, priority } = task;
  const sentence = useSentence(recurrence, zone);
  if (!due && reminders.length === 0 && notes === "" && tags.length === 0 && priority === 4) return null;
  return (
    <span className="facts">
      {priority < 4 && <span className={`fact priority p${priority}`}>P{priority}</span>}
      {due && (
        <span className={`fact ${task.completedAt === null ? urgency(task, now, zone) : ""}`}>
          <CalendarIcon />
          {describeDue(due, { now, zone, locale: "en-GB" })}
        </span>
      )}
      {recurrence && (
        <span className="fact">
          <RepeatIcon />
          <span className="sentence">{sentence ?? "repeats"}</span>
        </span>
      )}
      {reminders.length > 0 && (
        <span className="fact">
          <BellIcon />
          <span className="sr-only">Reminders: </span>
          {reminders.length}
        </span>
      )}
      {notes !== "" && (
        <span className="fact">
          <NoteIcon />
          <span className="sr-only">Has notes</span>
        </span>
      )}
      {tags.map((tag) => (
        <span key={tag} className="tag">
          {tag}
        </span>
      ))}
    </span>
  );
}

function urgency({ due }: Task, now: Date, zone: string): string {
  if (!due) return "";
  if (isOverdue(due, now, zone)) return "overdue";
  return dueDay(due, zone) === dayOf(now, zone) ? "today" : "";
}
