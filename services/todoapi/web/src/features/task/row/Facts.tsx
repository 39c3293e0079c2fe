import { memo, type ReactNode } from "react";
import type { Task } from "../../../api/types";
import { useChildren, useComments, useEntity } from "../../../store/hooks";
import { clockTime, dueDay, dueInstant } from "../../../time/due";
import { ColourDot } from "../../../ui/ColourDot";
import { cx } from "../../../ui/cx";
import { BellIcon, CalendarIcon, CommentIcon, DeadlineIcon, NoteIcon, PauseIcon, RepeatIcon, SubtaskIcon } from "../../../ui/icons";
import { VisuallyHidden } from "../../../ui/VisuallyHidden";
import { plainRule } from "../pickers/recurrence";
import type { AllWords } from "../useWords";
import styles from "./Facts.module.css";
import { deadlineComes, urgencyOf } from "./urgency";

interface FactsProps {
  task: Task;
  words: AllWords;
  id?: string;
  namesProject?: boolean;
  /** The day that stands above the task: it need not be said again. */
  underDay?: string | undefined;
}

/** What there is to know of a task beside its title. */
export const Facts = memo(function Facts({ task, words, id, namesProject = false, underDay }: FactsProps) {
  const { t, viewer, day } = words;
  const children = useChildren(task.id);
  const comments = useComments(task.id).length;
  const done = children.filter(({ completedAt }) => completedAt !== null).length;
  return (
    <span id={id} className={styles.facts}>
      {namesProject && task.projectId !== null && <ProjectFact id={task.projectId} />}
      {children.length > 0 && (
        <Fact icon={<SubtaskIcon />} says={t("fact.subtasks", { done, count: children.length })}>
          {done}/{children.length}
        </Fact>
      )}
      {task.notes !== "" && <Fact icon={<NoteIcon />} says={t("fact.notes")} />}
      {comments > 0 && (
        <Fact icon={<CommentIcon />} says={t("fact.comments", { count: comments })}>
          {comments}
        </Fact>
      )}
      {task.reminders.length > 0 && <Fact icon={<BellIcon />} says={t("fact.reminders", { count: task.reminders.length })} />}
      {task.tags.map((name) => (
        <Tag key={name} name={name} />
      ))}
      {task.deadline !== null && (
        <Fact icon={<DeadlineIcon />} tone={deadlineComes(task, viewer) ? "overdue" : undefined} says={t("fact.deadline", { day: day(task.deadline) })}>
          {day(task.deadline)}
        </Fact>
      )}
      {task.due && <DueFact task={task} words={words} underDay={underDay} />}
    </span>
  );
});

interface FactProps {
  icon: ReactNode;
  /** What it says to those who do not see the icon. */
  says: string;
  tone?: string | undefined;
  children?: ReactNode;
}

function Fact({ icon, says, tone, children }: FactProps) {
  return (
    <span className={cx(styles.fact, tone && styles[tone])} title={says}>
      <VisuallyHidden>{says}</VisuallyHidden>
      {icon}
      <span aria-hidden="true">{children}</span>
    </span>
  );
}

function DueFact({ task, words, underDay }: Pick<FactsProps, "task" | "words" | "underDay">) {
  const { due, viewer, fullDue, plain, t } = words;
  const { recurrence } = task;
  if (!task.due) return null;
  const urgency = urgencyOf(task, viewer);
  const at = dueInstant(task.due, viewer.zone);
  const said = dueDay(task.due, viewer.zone) !== underDay ? due(task.due) : at ? clockTime(at, viewer) : "";
  if (said === "" && !recurrence) return null;
  const rule = recurrence && plainRule(recurrence.rule);
  return (
    <span className={cx(styles.fact, styles[urgency])} title={fullDue(task.due)}>
      {recurrence?.paused ? <PauseIcon /> : recurrence ? <RepeatIcon /> : <CalendarIcon />}
      {urgency === "overdue" && <VisuallyHidden>{t("fact.overdue")}</VisuallyHidden>}
      {said}
      {recurrence && <VisuallyHidden>{recurrence.paused ? t("fact.paused") : rule ? plain(rule) : t("fact.repeats")}</VisuallyHidden>}
    </span>
  );
}

function ProjectFact({ id }: { id: string }) {
  const project = useEntity("projects", id);
  if (!project) return null;
  return (
    <span className={cx(styles.fact, styles.project)}>
      <ColourDot colour={project.colour} />
      <span className={styles.name}>{project.name}</span>
    </span>
  );
}

function Tag({ name }: { name: string }) {
  return <span className={styles.tag}>{name}</span>;
}
