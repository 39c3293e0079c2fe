import { useTranslation } from "react-i18next";
import type { Task } from "../../../api/types";
import * as acts from "../../../store/acts";
import { useStore } from "../../../store/hooks";
import { CalendarIcon, CheckIcon, PauseIcon, TagIcon, TrashIcon } from "../../../ui/icons";
import { MenuItem, MenuSeparator, SubMenu } from "../../../ui/Menu";
import { CopyIcon, DuplicateIcon, EditIcon, LinkIcon, MoveIcon, PlayIcon, SkipIcon, UndoIcon } from "../../../ui/moreIcons";
import { showToast } from "../../../ui/toastStore";
import { duplicate } from "../edits";
import { useListContext } from "../list/context";
import type { Asked } from "../list/model";
import { PriorityFlag, PriorityItems } from "../pickers/PriorityItems";
import { useEdit } from "../useEdit";

interface TaskMenuItemsProps {
  ids: readonly string[];
  /** Opens a picker in place of the menu. */
  onOpen: (picker: Asked["picker"]) => void;
}

/** What can be done to tasks of a list, in a menu. */
export function TaskMenuItems({ ids, onOpen }: TaskMenuItemsProps) {
  const { does } = useListContext();
  const { t } = useTranslation("task");
  const tasks = does.tasks(ids);
  const [first] = tasks;
  if (!first) return null;
  const completed = tasks.every(({ completedAt }) => completedAt !== null);
  return (
    <>
      {tasks.length === 1 && (
        <MenuItem icon={<EditIcon />} keys="Enter" onSelect={() => does.open(first.id)}>
          {t("open")}
        </MenuItem>
      )}
      <MenuItem icon={completed ? <UndoIcon /> : <CheckIcon />} keys="e" onSelect={() => does.complete(ids)}>
        {completed ? t("reopen") : t("complete")}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<CalendarIcon />} keys="t" onSelect={() => onOpen("date")}>
        {t("selection.date")}
      </MenuItem>
      <SubMenu icon={<PriorityFlag priority={first.priority} />} label={t("priority.label")}>
        <PriorityItems value={first.priority} onPick={(priority) => does.prioritise(priority, ids)} />
      </SubMenu>
      <MenuItem icon={<TagIcon />} keys="l" onSelect={() => onOpen("tags")}>
        {t("selection.tags")}
      </MenuItem>
      <MenuItem icon={<MoveIcon />} keys="v" onSelect={() => onOpen("project")}>
        {t("selection.project")}
      </MenuItem>
      <MenuSeparator />
      {tasks.length === 1 && <SingleTaskItems task={first} />}
      <MenuItem icon={<TrashIcon />} danger keys="Delete" onSelect={() => does.remove(ids)}>
        {t("delete")}
      </MenuItem>
    </>
  );
}

/** What can be done to one task at a time. */
export function SingleTaskItems({ task }: { task: Task }) {
  const { t } = useTranslation("task");
  const edit = useEdit();
  const store = useStore();
  return (
    <>
      {task.recurrence && <RecurrenceItems task={task} />}
      <MenuItem icon={<DuplicateIcon />} onSelect={() => edit([duplicate(branchOf(task), acts.newId)], t("done.duplicated", { title: task.title }))}>
        {t("duplicate")}
      </MenuItem>
      <MenuItem icon={<LinkIcon />} onSelect={() => void copy(linkTo(task), t("linkCopied"))}>
        {t("copyLink")}
      </MenuItem>
      <MenuItem icon={<CopyIcon />} onSelect={() => void copy(task.title, t("titleCopied"))}>
        {t("copyTitle")}
      </MenuItem>
      <MenuSeparator />
    </>
  );

  function branchOf(top: Task): Task[] {
    const all = [top];
    for (const one of all) all.push(...store.indexes.byParent.get(one.id).filter(({ completedAt }) => completedAt === null));
    return all;
  }
}

/** How a recurring task goes on. */
function RecurrenceItems({ task }: { task: Task }) {
  const { t } = useTranslation("task");
  const edit = useEdit();
  const { id, title } = task;
  return (
    <>
      {task.recurrence?.paused ? (
        <MenuItem icon={<PlayIcon />} onSelect={() => edit([acts.resumeTask(id)], t("done.resumed", { title }))}>
          {t("repeat.resume")}
        </MenuItem>
      ) : (
        <>
          <MenuItem icon={<SkipIcon />} onSelect={() => edit([acts.skipTask(id)], t("done.skipped", { title }))}>
            {t("repeat.skip")}
          </MenuItem>
          <MenuItem icon={<PauseIcon />} onSelect={() => edit([acts.pauseTask(id)], t("done.paused", { title }))}>
            {t("repeat.pause")}
          </MenuItem>
        </>
      )}
      <MenuSeparator />
    </>
  );
}

function linkTo({ id }: Task): string {
  return new URL(`/?task=${id}`, window.location.origin).href;
}

async function copy(text: string, said: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  showToast({ tone: "plain", message: said });
}
