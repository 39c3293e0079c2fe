import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../../../api/types";
import * as acts from "../../../store/acts";
import type { TaskFields } from "../../../store/acts";
import { Button } from "../../../ui/Button";
import { cx } from "../../../ui/cx";
import { BellIcon, CalendarIcon, CloseIcon, DeadlineIcon, PauseIcon, PlusIcon, RepeatIcon, TagIcon, UpcomingIcon } from "../../../ui/icons";
import { IconButton } from "../../../ui/IconButton";
import { Menu, MenuChoice } from "../../../ui/Menu";
import { ClockIcon, MailIcon, PlayIcon, SkipIcon } from "../../../ui/moreIcons";
import { Popover } from "../../../ui/Popover";
import { SegmentedControl } from "../../../ui/SegmentedControl";
import { hasTag, withoutDue } from "../edits";
import { DatePicker } from "../pickers/DatePicker";
import pickerStyles from "../pickers/DatePicker.module.css";
import { DayPicker } from "../pickers/DayPicker";
import { PriorityFlag, PriorityItems } from "../pickers/PriorityItems";
import { mostReminders, ReminderPicker } from "../pickers/ReminderPicker";
import { TagPicker } from "../pickers/TagPicker";
import { deadlineComes, urgencyOf } from "../row/urgency";
import { useEdit } from "../useEdit";
import { useSentence } from "../useSentence";
import { useWords } from "../useWords";
import { notifyBy, wayOf, ways } from "./notify";
import { editOf, type Scope } from "./scope";
import styles from "./TaskPane.module.css";
import "./texts";

interface DetailsProps {
  task: Task;
  onChange: (fields: TaskFields) => void;
}

/** The fields of a task beside its title and notes. */
export function Details({ task, onChange }: DetailsProps) {
  return (
    <div className={styles.details}>
      <DueDetail task={task} />
      {task.recurrence && <RepeatDetail task={task} onChange={onChange} />}
      <DayDetail task={task} field="deadline" icon={<DeadlineIcon />} onChange={onChange} />
      <DayDetail task={task} field="start" icon={<UpcomingIcon />} onChange={onChange} />
      <PriorityDetail task={task} onChange={onChange} />
      <TagsDetail task={task} onChange={onChange} />
      <RemindersDetail task={task} onChange={onChange} />
      {(task.reminders.length > 0 || task.notify) && <NotifyDetail task={task} onChange={onChange} />}
      <DurationDetail task={task} onChange={onChange} />
    </div>
  );
}

interface DetailProps {
  icon: ReactNode;
  name: string;
  children: ReactNode;
}

/** One field: its name, and what it holds. */
function Detail({ icon, name, children }: DetailProps) {
  return (
    <div className={styles.detail}>
      <span className={styles.detailName}>
        {icon}
        {name}
      </span>
      <div className={styles.detailValue}>{children}</div>
    </div>
  );
}

interface ChooserProps {
  label: string;
  /** What the field holds; absent where it holds nothing. */
  value: string | null;
  tone?: string | undefined;
  children: (close: () => void) => ReactNode;
}

/** What a field holds, as a button that opens the way to choose something else. */
function Chooser({ label, value, tone, children }: ChooserProps) {
  const { t } = useTranslation("task");
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={label}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button type="button" aria-label={`${label}: ${value ?? t("field.empty")}`} className={cx(styles.value, value === null && styles.none, tone && styles[tone])}>
          {value ?? t("field.empty")}
        </button>
      }
    >
      {children(() => setOpen(false))}
    </Popover>
  );
}

/** When the task is due. Of a recurring one it asks what the change is for: mostly it is this one alone. */
function DueDetail({ task }: { task: Task }) {
  const { t, due, viewer } = useWords();
  const edit = useEdit();
  const [scope, setScope] = useState<Scope>("occurrence");
  const change = (fields: TaskFields) => edit([editOf(task, fields, "recurrence" in fields || fields.due === null ? "series" : scope)]);
  return (
    <Detail icon={<CalendarIcon />} name={t("field.due")}>
      <Chooser label={t("field.due")} value={task.due && due(task.due)} tone={urgencyOf(task, viewer)}>
        {(close) => (
          <DatePicker
            due={task.due}
            recurrence={task.recurrence}
            onDay={(day) => {
              change(day === null ? withoutDue(task) : { due: { ...task.due, date: day } });
              close();
            }}
            onChange={(fieldsOf) => {
              change(fieldsOf(task));
              close();
            }}
          >
            {task.recurrence && (
              <div className={pickerStyles.scope}>
                <SegmentedControl
                  label={t("scope.label")}
                  value={scope}
                  onChange={setScope}
                  options={[
                    { value: "occurrence", label: t("scope.occurrence") },
                    { value: "series", label: t("scope.series") },
                  ]}
                />
              </div>
            )}
          </DatePicker>
        )}
      </Chooser>
    </Detail>
  );
}

/** How the task goes on. */
function RepeatDetail({ task, onChange }: DetailsProps) {
  const { t } = useTranslation("task");
  const edit = useEdit();
  const sentence = useSentence(task.recurrence);
  const { id, title, recurrence } = task;
  return (
    <Detail icon={<RepeatIcon />} name={t("field.recurrence")}>
      <span className={styles.sentence}>{recurrence?.paused ? t("repeat.paused", { sentence: sentence ?? t("fact.repeats") }) : (sentence ?? t("fact.repeats"))}</span>
      <span className={styles.repeatActions}>
        {recurrence?.paused ? (
          <Button size="small" variant="quiet" icon={<PlayIcon />} onClick={() => edit([acts.resumeTask(id)], t("done.resumed", { title }))}>
            {t("repeat.resume")}
          </Button>
        ) : (
          <>
            <Button size="small" variant="quiet" icon={<SkipIcon />} onClick={() => edit([acts.skipTask(id)], t("done.skipped", { title }))}>
              {t("repeat.skip")}
            </Button>
            <Button size="small" variant="quiet" icon={<PauseIcon />} onClick={() => edit([acts.pauseTask(id)], t("done.paused", { title }))}>
              {t("repeat.pause")}
            </Button>
          </>
        )}
        <Button size="small" variant="quiet" icon={<CloseIcon />} onClick={() => onChange({ recurrence: null })}>
          {t("repeat.end")}
        </Button>
      </span>
    </Detail>
  );
}

interface DayDetailProps extends DetailsProps {
  field: "deadline" | "start";
  icon: ReactNode;
}

function DayDetail({ task, field, icon, onChange }: DayDetailProps) {
  const { t, day, viewer } = useWords();
  const value = task[field];
  return (
    <Detail icon={icon} name={t(`field.${field}`)}>
      <Chooser label={t(`field.${field}`)} value={value && day(value)} tone={field === "deadline" && deadlineComes(task, viewer) ? "overdue" : undefined}>
        {(close) => (
          <DayPicker
            day={value}
            onPick={(next) => {
              onChange({ [field]: next });
              close();
            }}
          />
        )}
      </Chooser>
    </Detail>
  );
}

function PriorityDetail({ task, onChange }: DetailsProps) {
  const { t } = useTranslation("task");
  return (
    <Detail icon={<PriorityFlag priority={task.priority} />} name={t("priority.label")}>
      <Menu
        trigger={
          <button type="button" aria-label={`${t("priority.label")}: ${task.priority === 4 ? t("field.empty") : t(`priority.${task.priority}`)}`} className={cx(styles.value, task.priority === 4 && styles.none)}>
            {task.priority === 4 ? t("field.empty") : t(`priority.${task.priority}`)}
          </button>
        }
      >
        <PriorityItems value={task.priority} onPick={(priority) => onChange({ priority })} />
      </Menu>
    </Detail>
  );
}

function TagsDetail({ task, onChange }: DetailsProps) {
  const { t } = useTranslation("task");
  const pick = (tag: string) => onChange({ tags: hasTag(task, tag) ? task.tags.filter((name) => name.toLowerCase() !== tag.toLowerCase()) : [...task.tags, tag] });
  return (
    <Detail icon={<TagIcon />} name={t("field.tags")}>
      <Chooser label={t("field.tags")} value={task.tags.length > 0 ? task.tags.join(", ") : null}>
        {() => <TagPicker tasks={[task]} onPick={pick} />}
      </Chooser>
    </Detail>
  );
}

function RemindersDetail({ task, onChange }: DetailsProps) {
  const { t, before, moment } = useWords();
  const [adding, setAdding] = useState(false);
  const { reminders } = task;
  return (
    <Detail icon={<BellIcon />} name={t("field.reminders")}>
      {reminders.map((reminder, at) => {
        const words = reminder.at ? moment(reminder.at) : before(reminder.minutesBefore ?? 0);
        return (
          <span key={reminder.id ?? at} className={styles.reminder}>
            <span className={styles.reminderWords}>{words}</span>
            <IconButton size="small" label={t("reminder.remove", { words })} onClick={() => onChange({ reminders: reminders.filter((_, other) => other !== at) })}>
              <CloseIcon />
            </IconButton>
          </span>
        );
      })}
      {reminders.length < mostReminders && (
        <Popover
          label={t("reminder.add")}
          open={adding}
          onOpenChange={setAdding}
          trigger={
            <button type="button" aria-label={reminders.length === 0 ? `${t("field.reminders")}: ${t("field.empty")}` : t("reminder.add")} className={cx(styles.value, styles.none)}>
              {reminders.length === 0 ? t("field.empty") : <PlusIcon />}
            </button>
          }
        >
          <ReminderPicker
            due={task.due}
            reminders={reminders}
            onAdd={(reminder) => {
              onChange({ reminders: [...reminders, reminder] });
              setAdding(false);
            }}
          />
        </Popover>
      )}
    </Detail>
  );
}

function NotifyDetail({ task, onChange }: DetailsProps) {
  const { t } = useTranslation(["pane", "task"]);
  const way = wayOf(task.notify);
  return (
    <Detail icon={<MailIcon />} name={t("task:field.notify")}>
      <Menu
        trigger={
          <button type="button" aria-label={`${t("task:field.notify")}: ${t(`notify.${way}`)}`} className={cx(styles.value, way === "settings" && styles.none)}>
            {t(`notify.${way}`)}
          </button>
        }
      >
        <MenuChoice
          label={t("task:field.notify")}
          value={way}
          onChange={(next) => onChange({ notify: notifyBy(next) })}
          options={ways.map((one) => ({ value: one, label: t(`notify.${one}`) }))}
        />
      </Menu>
    </Detail>
  );
}

const durations = [15, 30, 45, 60, 90, 120, 180, 240];

function DurationDetail({ task, onChange }: DetailsProps) {
  const { t, duration } = useWords();
  const { durationMinutes: minutes } = task;
  const offered = minutes === null || durations.includes(minutes) ? durations : [...durations, minutes].sort((a, b) => a - b);
  return (
    <Detail icon={<ClockIcon />} name={t("field.durationMinutes")}>
      <Menu
        trigger={
          <button type="button" aria-label={`${t("field.durationMinutes")}: ${minutes === null ? t("field.empty") : duration(minutes)}`} className={cx(styles.value, minutes === null && styles.none)}>
            {minutes === null ? t("field.empty") : duration(minutes)}
          </button>
        }
      >
        <MenuChoice
          label={t("field.durationMinutes")}
          value={String(minutes ?? 0)}
          onChange={(next) => onChange({ durationMinutes: next === "0" ? null : Number(next) })}
          options={[{ value: "0", label: t("field.empty") }, ...offered.map((one) => ({ value: String(one), label: duration(one) }))]}
        />
      </Menu>
    </Detail>
  );
}
