import type { Change, Task } from "../api/types";

/** A task with nothing set but what a test names. */
export function taskOf(part: Partial<Task> & { id: string }): Task {
  return {
    version: 1,
    title: part.id,
    notes: "",
    priority: 4,
    tags: [],
    due: null,
    recurrence: null,
    reminders: [],
    series: null,
    completedAt: null,
    createdAt: "2026-03-01T08:00:00Z",
    updatedAt: "2026-03-01T08:00:00Z",
    ...part,
  };
}

export function changeOf(seq: number, type: string, after: Task | null, before: Task | null = null): Change {
  return {
    userId: "user",
    seq,
    eventId: `event-${seq}`,
    type,
    taskId: after?.id ?? before?.id ?? "",
    before,
    after,
    actor: "user",
    at: "2026-03-01T08:00:00Z",
  };
}
