/**
 * Keyboard focus is the list's cursor: the focused row is the chosen task, for keys and
 * screen readers alike. Rows carry data-task, and one element in each data-row-focus.
 */
function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-task]")];
}

function current(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("[data-task]") ?? null;
}

function focus(row: HTMLElement | undefined): void {
  const target = row?.querySelector<HTMLElement>("[data-row-focus]");
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
}

export function focusedTask(): string | undefined {
  return current()?.dataset.task;
}

/** Moves the cursor by a number of rows; without a cursor, to the first row. */
export function moveFocus(by: number): void {
  const all = rows();
  const row = current();
  const index = row ? Math.min(all.length - 1, Math.max(0, all.indexOf(row) + by)) : 0;
  focus(all[index]);
}

/** Moves the cursor off a row that is about to leave the list, if it is there. */
export function leaveRow(id: string): void {
  if (focusedTask() !== id) return;
  const all = rows();
  const index = all.findIndex((row) => row.dataset.task === id);
  focus(all[index + 1] ?? all[index - 1]);
}
