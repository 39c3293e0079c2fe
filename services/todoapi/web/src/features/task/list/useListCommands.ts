import { useCommands } from "../../../commands/registry";
import type { ListActions } from "./actions";

/** Offers what can be done to the task at the cursor, or to those that are chosen, by keys that can be changed. */
export function useListCommands(does: ListActions): void {
  useCommands({
    nextTask: () => does.step(1),
    previousTask: () => does.step(-1),
    selectTask: () => does.toggle(),
    selectAllTasks: () => does.chooseAll(),
    clearSelection: () => does.release(),
    completeTask: () => does.complete(),
    setDate: () => does.ask("date"),
    setTags: () => does.ask("tags"),
    moveTask: () => does.ask("project"),
    taskMenu: () => does.ask("menu"),
    setPriority1: () => does.prioritise(1),
    setPriority2: () => does.prioritise(2),
    setPriority3: () => does.prioritise(3),
    setPriority4: () => does.prioritise(4),
  });
}
