import { useCommands } from "../../../commands/registry";
import type { ListActions } from "./actions";

/** Offers what can be done to the task at the cursor, or to those that are chosen, by keys that people can change. */
export function useListCommands(does: ListActions): void {
  const withTasks = (run: () => void) => ({ run, when: () => does.meant().length > 0 });
  useCommands({
    nextTask: () => does.step(1),
    previousTask: () => does.step(-1),
    selectTask: withTasks(() => does.toggle()),
    selectAllTasks: () => does.chooseAll(),
    clearSelection: { run: () => does.release(), when: () => does.chooses() },
    completeTask: withTasks(() => does.complete()),
    setDate: withTasks(() => does.ask("date")),
    setPriority1: withTasks(() => does.prioritise(1)),
    setPriority2: withTasks(() => does.prioritise(2)),
    setPriority3: withTasks(() => does.prioritise(3)),
    setPriority4: withTasks(() => does.prioritise(4)),
    setTags: withTasks(() => does.ask("tags")),
    moveTask: withTasks(() => does.ask("project")),
    taskMenu: withTasks(() => does.ask("menu")),
  });
}
