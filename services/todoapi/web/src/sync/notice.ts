/** What a person is told about something that they did. */
export type Notice =
  | { kind: "done"; opId: string; label: string; undo: () => void }
  /** The server refused it, or it was changed elsewhere: it is among what needs attention. */
  | { kind: "refused" | "conflict"; opId: string; label: string; message: string }
  /** It was not even tried. */
  | { kind: "early"; message: string };

export type Announce = (notice: Notice) => void;
