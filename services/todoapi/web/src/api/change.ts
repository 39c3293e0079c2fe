import type { Change, Settings, Task } from "./types";

export function isTaskChange(change: Change): change is Change<Task> {
  return change.entity === "task";
}

export function isSettingsChange(change: Change): change is Change<Settings> {
  return change.entity === "settings";
}
