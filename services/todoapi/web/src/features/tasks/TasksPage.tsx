import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Task } from "../../api/types";
import { useCommands } from "../../commands/legacyRegistry";
import { useTaskActions } from "./actions";
import { type Board, useBoard, useCompletedPages } from "./api";
import { taskCommands } from "./commands";
import { Composer } from "./Composer";
import { DeleteDialog } from "./DeleteDialog";
import { type Draft, draftOf } from "./draft";
import { groupOpen, listCompleted } from "./groups";
import { EmptyState, GroupSection } from "./sections";
import { focusedTask } from "./rowFocus";
import { TaskEditor } from "./TaskEditor";
import { TaskRow, type RowHandlers } from "./TaskRow";
import { useZone } from "../../store/hooks";
import { useNow } from "../../time/useNow";
import "./TasksPage.css";

interface Editing {
  id: string | null; // null: a new task
  draft: Draft;
}

export function TasksPage() {
  return (
    <main className="tasks">
      <LoadedTasks board={useBoard()} />
    </main>
  );
}

function LoadedTasks({ board }: { board: Board }) {
  const now = useNow();
  const zone = useZone();
  const groups = useMemo(() => groupOpen(board, now, zone), [board, now, zone]);
  const actions = useTaskActions();
  const composer = useRef<HTMLInputElement>(null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [deleting, setDeleting] = useState<Task | null>(null);

  const edit = useStable((task: Task) => setEditing({ id: task.id, draft: draftOf(task, zone) }));
  const toggle = useStable((task: Task) => actions.setCompleted(task, task.completedAt === null));
  const onFocused = useStable((act: (task: Task) => void) => {
    const task = board.get(focusedTask() ?? "");
    if (task) act(task);
  });
  const focusComposer = useStable(() => composer.current?.focus());
  const commands = useMemo(
    () =>
      taskCommands({
        focusComposer,
        completeFocused: () => onFocused(toggle),
        editFocused: () => onFocused(edit),
      }),
    [focusComposer, onFocused, toggle, edit],
  );
  useCommands(commands);
  usePageTitle(groups);

  const rows: RowHandlers = { onToggle: toggle, onEdit: edit, onDelete: setDeleting };
  return (
    <>
      <Composer now={now} zone={zone} input={composer} onDetails={(draft) => setEditing({ id: null, draft })} />
      {groups.length === 0 && <EmptyState />}
      {groups.map((group) => (
        <GroupSection key={group.name} group={group}>
          {group.tasks.map((task) => (
            <TaskRow key={task.id} task={task} now={now} zone={zone} {...rows} />
          ))}
        </GroupSection>
      ))}
      <Completed board={board} now={now} zone={zone} rows={rows} />
      {editing && (
        <TaskEditor
          task={editing.id === null ? null : (board.get(editing.id) ?? null)}
          draft={editing.draft}
          zone={zone}
          onClose={() => setEditing(null)}
          onDelete={setDeleting}
        />
      )}
      {deleting && (
        <DeleteDialog
          task={deleting}
          onClose={() => setDeleting(null)}
          onConfirm={() => {
            setDeleting(null);
            setEditing(null);
            actions.remove(deleting);
          }}
        />
      )}
    </>
  );
}

interface CompletedProps {
  board: Board;
  now: Date;
  zone: string;
  rows: RowHandlers;
}

function Completed({ board, now, zone, rows }: CompletedProps) {
  const [open, setOpen] = useState(false);
  const pages = useCompletedPages(open);
  const tasks = useMemo(() => {
    const older = pages.data?.pages.flatMap(({ items }) => items) ?? [];
    return listCompleted(new Map([...older.map((task) => [task.id, task] as const), ...board]));
  }, [board, pages.data]);
  return (
    <GroupSection
      group={{ name: "completed", title: "Completed", tasks }}
      fold={{ open, toggle: () => setOpen(!open) }}
    >
      {tasks.map((task) => (
        <TaskRow key={task.id} task={task} now={now} zone={zone} {...rows} />
      ))}
      {pages.hasNextPage && (
        <li className="more">
          <button type="button" className="button" onClick={() => void pages.fetchNextPage()}>
            Show more
          </button>
        </li>
      )}
    </GroupSection>
  );
}

/** Shows in the tab how many tasks ask for attention. */
function usePageTitle(groups: ReturnType<typeof groupOpen>): void {
  const urgent = groups
    .filter(({ name }) => name === "overdue" || name === "today")
    .reduce((sum, { tasks }) => sum + tasks.length, 0);
  useEffect(() => {
    document.title = urgent > 0 ? `(${urgent}) TodoPlatform` : "TodoPlatform";
  }, [urgent]);
}

/** The same function at every render, so that rows which did not change are not drawn again. */
function useStable<Args extends unknown[]>(handler: (...args: Args) => void): (...args: Args) => void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  return useCallback((...args: Args) => latest.current(...args), []);
}
