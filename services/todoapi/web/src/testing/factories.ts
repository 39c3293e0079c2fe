import { plainTask } from "../store/predict";
import type { Change, Settings, Task } from "../api/types";

/** A task with nothing set but what a test names. */
export function taskOf(part: Partial<Task> & { id: string }): Task {
  const at = "2026-03-01T08:00:00Z";
  return {
    title: part.id,
    ...plainTask,
    version: 1,
    position: "",
    createdAt: at,
    updatedAt: at,
    ...part,
  };
}

export function settingsOf(part: Partial<Settings>): Settings {
  return { version: 1, zone: "Europe/Berlin", locale: "en", weekStart: 1, dayStart: "09:00", remindersBy: ["email", "push"], digestBy: [], digestAt: "08:00", overdueBy: [], overdueAt: "18:00", quietHours: null, ...part };
}

/** A change of the entity that its type names, made by the person. */
export function changeOf<State extends Task | Settings | { name: string } | { text: string }>(
  seq: number,
  type: string,
  after: State | null,
  before: State | null = null,
): Change<State> {
  const state = after ?? before;
  return {
    userId: "user",
    seq,
    eventId: `event-${seq}`,
    type,
    entity: type.split(".")[0] ?? "",
    id: state && "id" in state ? state.id : "user",
    version: state && "version" in state ? state.version : 1,
    before,
    after,
    by: { kind: "person", id: "user", client: "web" },
    zone: "Europe/Berlin",
    at: "2026-03-01T08:00:00Z",
  };
}
