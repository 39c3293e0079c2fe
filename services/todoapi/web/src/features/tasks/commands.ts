import type { Command } from "../../commands/legacyCommand";
import { moveFocus } from "./rowFocus";

interface TaskCommandTargets {
  focusComposer: () => void;
  completeFocused: () => void;
  editFocused: () => void;
}

export function taskCommands(targets: TaskCommandTargets): Command[] {
  return [
    { id: "task.new", label: "New task", key: "n", run: () => targets.focusComposer() },
    { id: "task.next", label: "Next task", key: "j", run: () => moveFocus(1) },
    { id: "task.previous", label: "Previous task", key: "k", run: () => moveFocus(-1) },
    { id: "task.complete", label: "Complete or reopen task", key: "x", run: () => targets.completeFocused() },
    { id: "task.edit", label: "Edit task", key: "e", run: () => targets.editFocused() },
  ];
}
