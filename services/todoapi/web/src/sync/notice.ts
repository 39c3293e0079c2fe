/** What a person is told about something that they did. */
export type Notice =
  | { kind: "done"; opId: string; label: string; undo: () => void }
  /** The server refused it, and says why: it is among what needs attention. */
  | { kind: "refused"; opId: string; label: string; message: string }
  /** The same was changed elsewhere, which needs attention, too. */
  | { kind: "conflict"; opId: string; label: string }
  /** It was not even tried: its task is still being added. */
  | { kind: "early" };

export type Announce = (notice: Notice) => void;
