/** Leaves a field for the task around it, which hears the next Escape. */
export function leaveField(field: HTMLElement): void {
  const pane = field.closest<HTMLElement>("[data-pane]");
  if (pane) pane.focus();
  else field.blur();
}
