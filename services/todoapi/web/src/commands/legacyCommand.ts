/** Something a person can ask for by a key. Help lists every command. */
export interface Command {
  id: string;
  label: string;
  /** The key as KeyboardEvent.key names it, such as "n" or "?". */
  key: string;
  run: () => void;
}

/** The command that a key press asks for, if it is not meant for a field or a dialog. */
export function commandFor(event: KeyboardEvent, commands: readonly Command[]): Command | undefined {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return undefined;
  if (event.target instanceof Element && event.target.closest("input, textarea, select, dialog, [role=menu]")) {
    return undefined;
  }
  return commands.find((command) => command.key === event.key);
}
