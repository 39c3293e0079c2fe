import type { Task } from "../../api/types";
import { completeTask, deleteTask, reopenTask } from "../../store/acts";
import { useAct } from "../../sync/hooks";
import { leaveRow } from "./rowFocus";

export interface TaskActions {
  setCompleted: (task: Task, completed: boolean) => void;
  remove: (task: Task) => void;
}

/** What rows, keys and the editor do to a task. */
export function useTaskActions(): TaskActions {
  const act = useAct();
  return {
    setCompleted: (task, completed) => {
      leaveRow(task.id);
      const done = completed ? completeTask(task.id) : reopenTask(task.id);
      act(done, `${completed ? "Completed" : "Reopened"} “${short(task.title)}”`);
    },
    remove: (task) => {
      leaveRow(task.id);
      act(deleteTask(task.id), `Deleted “${short(task.title)}”`);
    },
  };
}

function short(title: string): string {
  return title.length > 60 ? `${title.slice(0, 59)}…` : title;
}
