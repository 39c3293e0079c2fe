/** What is carried while tasks are dragged: whoever takes tasks looks for it. */
export function taskData(ids: readonly string[]): Record<string, unknown> {
  return { type: "task", ids };
}

/** The tasks that are dragged; null when it is something else. */
export function draggedTasks(data: Record<string, unknown>): readonly string[] | null {
  return data.type === "task" && Array.isArray(data.ids) ? (data.ids as string[]) : null;
}

/** How far a subtask stands in from its parent, in pixels. */
export const indent = 28;

/** The level at which something would stand that is held so far into the list. */
export function indentOf(pixels: number): number {
  return Math.max(0, Math.floor((pixels - 16) / indent));
}
