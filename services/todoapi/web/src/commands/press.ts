type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"> & { altGraph: boolean };

/**
 * What was pressed, as keys are written in the catalogue. On a layout without Latin letters the
 * place of a key tells its letter. A sign counts as itself, however it is typed: "/" needs Shift
 * in Germany, and "[" needs AltGr.
 */
export function pressOf({ key, code, ctrlKey, metaKey, altKey, shiftKey, altGraph }: Pressed): KeyboardEventInit {
  const latin = /^[\u0080-\uffff]$/.test(key) ? (/^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? key) : key;
  const sign = latin.length === 1 && !/[a-z0-9]/i.test(latin);
  return {
    key: latin,
    ctrlKey: ctrlKey && !altGraph,
    altKey: altKey && !altGraph,
    metaKey,
    shiftKey: shiftKey && !sign,
  };
}

/** What is typed into. */
export const writing = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]";
/** What keeps keys to itself while it is open. What closes has the focus for a moment more, and keeps none. */
const keeping = ":is([role=dialog], [role=alertdialog], [role=menu], [role=listbox], dialog):not([data-closed])";

/** Whether a key press is for the page, and not for what has the focus. */
export function isForPage(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return false;
  if (!(event.target instanceof Element)) return true;
  if (event.target.closest(keeping)) return false;
  return event.ctrlKey || event.metaKey ? true : !event.target.closest(writing);
}
