import type { Task } from "../../api/types";
import { showToast } from "../../ui/toastStore";
import { useDeleteTask, useSetCompleted } from "./api";
import { leaveRow } from "./rowFocus";

export interface TaskActions {
  setCompleted: (task: Task, completed: boolean) => void;
  remove: (task: Task) => void;
}

/** What rows, keys and the editor do to a task, with what the person is told about it. */
export function useTaskActions(): TaskActions {
  const { mutate: mutateCompleted } = useSetCompleted();
  const { mutate: mutateDeleted } = useDeleteTask();

  const setCompleted = (task: Task, completed: boolean): void => {
    leaveRow(task.id);
    mutateCompleted(
      { task, completed },
      {
        onSuccess: (answer) =>
          showToast({
            tone: "plain",
            message: `${completed ? "Completed" : "Reopened"} “${short(task.title)}”`,
            action: { label: "Undo", run: () => setCompleted(answer, !completed) },
          }),
        onError: (error) => complain(`“${short(task.title)}” was not changed`, error),
      },
    );
  };

  const remove = (task: Task): void => {
    leaveRow(task.id);
    mutateDeleted(task, {
      onSuccess: () => showToast({ tone: "plain", message: `Deleted “${short(task.title)}”` }),
      onError: (error) => complain(`“${short(task.title)}” was not deleted`, error),
    });
  };

  return { setCompleted, remove };
}

function complain(what: string, error: Error): void {
  showToast({ tone: "error", message: `${what}. ${error.message}` });
}

function short(title: string): string {
  return title.length > 60 ? `${title.slice(0, 59)}…` : title;
}
