import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../../api/http";
import { operations } from "../../../api/operations";
import type { Task } from "../../../api/types";
import * as acts from "../../../store/acts";
import { useEntity, useStore } from "../../../store/hooks";
import { asksServer } from "../../../sync/asksServer";
import { Button } from "../../../ui/Button";
import { ColourDot } from "../../../ui/ColourDot";
import { ChevronIcon, CloseIcon, InboxIcon, MoreIcon, NoteIcon, TrashIcon } from "../../../ui/icons";
import { EmptyState } from "../../../ui/EmptyState";
import { IconButton } from "../../../ui/IconButton";
import { Menu, MenuItem } from "../../../ui/Menu";
import { Popover } from "../../../ui/Popover";
import { SegmentedControl } from "../../../ui/SegmentedControl";
import { Spinner } from "../../../ui/Spinner";
import { TextArea } from "../../../ui/TextArea";
import { ProjectPicker } from "../pickers/ProjectPicker";
import { SingleTaskItems } from "../row/TaskMenuItems";
import { Tick } from "../row/Tick";
import { useEdit } from "../useEdit";
import { useWords } from "../useWords";
import { Activity } from "./Activity";
import { Comments } from "./Comments";
import { ConflictNotice } from "./ConflictNotice";
import { Details } from "./Details";
import { MarkdownField } from "./MarkdownField";
import { leaveField } from "./leave";
import { editOf, type Scope } from "./scope";
import { Subtasks } from "./Subtasks";
import styles from "./TaskPane.module.css";
import { useSavedText } from "./useSavedText";

interface TaskPaneProps {
  id: string;
  onClose: () => void;
  /** Shows another task in its place. */
  onOpen: (id: string) => void;
}

/** All that there is to a task. Each of its fields saves itself. */
export const TaskPane = asksServer(function TaskPane({ id, onClose, onOpen }: TaskPaneProps) {
  const { t } = useTranslation("task");
  const task = useEntity("tasks", id);
  const missing = useMissingTask(id, task === undefined);

  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) onClose();
  };

  return (
    <div className={styles.pane} role="group" tabIndex={-1} data-pane aria-label={task?.title ?? t("task")} onKeyDown={press}>
      {task ? <OpenTask key={id} task={task} onClose={onClose} onOpen={onOpen} /> : <NoTask missing={missing} onClose={onClose} />}
    </div>
  );
});

/** Reads a task that the page does not hold, such as one that was completed long ago. Tells whether there is none. */
function useMissingTask(id: string, unknown: boolean): boolean {
  const store = useStore();
  const { data, isError } = useQuery({
    queryKey: ["task", id],
    queryFn: () => client.call(operations.getTask, { path: { id } }),
    enabled: unknown,
    retry: false,
  });
  useEffect(() => {
    if (unknown && data) store.dispatch({ type: "learned", tasks: [data] });
  }, [store, unknown, data]);
  return isError;
}

function NoTask({ missing, onClose }: { missing: boolean; onClose: () => void }) {
  const { t } = useTranslation("task");
  if (!missing) return <Spinner />;
  return <EmptyState icon={<NoteIcon />} title={t("notThere")} text={t("notThereWhy")} action={<Button onClick={onClose}>{t("close")}</Button>} />;
}

interface OpenTaskProps {
  task: Task;
  onClose: () => void;
  onOpen: (id: string) => void;
}

function OpenTask({ task, onClose, onOpen }: OpenTaskProps) {
  const words = useWords();
  const { t, moment } = words;
  const edit = useEdit();
  const [scope, setScope] = useState<Scope>("series");
  const completed = task.completedAt !== null;

  const change = (fields: acts.TaskFields, label?: string) => edit([editOf(task, fields, scope)], label);

  const toggle = () => edit([completed ? acts.reopenTask(task.id) : acts.completeTask(task.id)], t(completed ? "done.reopened" : "done.completed", { count: 1, title: task.title }));

  const remove = () => {
    edit([acts.deleteTask(task.id)], t("done.deleted", { count: 1, title: task.title }));
    onClose();
  };

  return (
    <>
      <header className={styles.head}>
        <Where task={task} onOpen={onOpen} />
        <Menu
          align="end"
          trigger={
            <IconButton label={t("menu.of", { title: task.title })}>
              <MoreIcon />
            </IconButton>
          }
        >
          <SingleTaskItems task={task} />
          <MenuItem icon={<TrashIcon />} danger onSelect={remove}>
            {t("delete")}
          </MenuItem>
        </Menu>
        <IconButton label={t("close")} keys="Escape" onClick={onClose}>
          <CloseIcon />
        </IconButton>
      </header>
      <div className={styles.body}>
        <ConflictNotice taskId={task.id} />
        <div className={styles.main}>
          <Tick task={task} words={words} large onToggle={toggle} />
          <Title task={task} onSave={(title) => change({ title })} />
        </div>
        <MarkdownField label={t("field.notes")} placeholder={t("notesHere")} value={task.notes} maxLength={64 * 1024} onSave={(notes) => change({ notes })} />
        {task.recurrence && (
          <SegmentedControl
            label={t("scope.label")}
            value={scope}
            onChange={setScope}
            options={[
              { value: "occurrence", label: t("scope.occurrence") },
              { value: "series", label: t("scope.series") },
            ]}
          />
        )}
        <Details task={task} onChange={change} />
        <Subtasks task={task} onOpen={onOpen} />
        <Comments taskId={task.id} />
        <Activity task={task} />
        <p className={styles.stamps}>
          {completed && <span>{t("stamp.completed", { when: moment(task.completedAt ?? "") })}</span>}
          <span>{t("stamp.created", { when: moment(task.createdAt) })}</span>
          {task.updatedAt !== task.createdAt && <span>{t("stamp.updated", { when: moment(task.updatedAt) })}</span>}
        </p>
      </div>
    </>
  );
}

function Title({ task, onSave }: { task: Task; onSave: (title: string) => void }) {
  const { t } = useTranslation("task");
  const { text, type, finish } = useSavedText(task.title, (title) => title.trim() !== "" && onSave(title.trim()));
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    leaveField(event.currentTarget);
  };
  return (
    <TextArea
      plain
      aria-label={t("field.title")}
      className={styles.title}
      maxLength={500}
      value={text}
      data-completed={task.completedAt !== null || undefined}
      onChange={(event) => type(event.target.value.replace(/\r?\n/g, " "))}
      onBlur={finish}
      onKeyDown={press}
    />
  );
}

/** Where the task is: its project and section, which can be chosen, or what it is part of. */
function Where({ task, onOpen }: { task: Task; onOpen: (id: string) => void }) {
  const { t } = useTranslation("task");
  const edit = useEdit();
  const project = useEntity("projects", task.projectId);
  const section = useEntity("sections", task.sectionId);
  const parent = useEntity("tasks", task.parentId);
  const [choosing, setChoosing] = useState(false);
  return (
    <span className={styles.where}>
      <Popover
        label={t("project.find")}
        open={choosing}
        onOpenChange={setChoosing}
        trigger={
          <Button variant="quiet" size="small" className={styles.project}>
            {project ? <ColourDot colour={project.colour} /> : <InboxIcon />}
            <span className={styles.name}>{project ? [project.name, section?.name].filter(Boolean).join(" / ") : t("inbox")}</span>
          </Button>
        }
      >
        <ProjectPicker
          value={task}
          onPick={(place) => {
            setChoosing(false);
            edit([acts.moveTask(task.id, place)], t("done.moved", { count: 1, title: task.title }));
          }}
        />
      </Popover>
      {parent && (
        <>
          <ChevronIcon />
          <Button variant="quiet" size="small" className={styles.project} onClick={() => onOpen(parent.id)}>
            <span className={styles.name}>{parent.title}</span>
          </Button>
        </>
      )}
    </span>
  );
}
