import type { Change, Reminder } from "../api/types";

/** Frames that the server sends over the WebSocket. */
export type ServerFrame =
  | { type: "welcome"; head: number; heartbeatSeconds: number }
  | { type: "change"; seq: number; change: Change }
  | { type: "head"; seq: number }
  | { type: "reminder"; event: string; reminder: Reminder }
  | { type: "snapshot_required" };

/** The first frame of a connection, from the client: who it is and what it has seen. */
export interface Hello {
  type: "hello";
  ticket: string;
  resume: { seq: number };
}

/** Close codes of realtime-sync that ask for more than connecting again. */
export const closeCodes = {
  /** This server stops, another one is there. */
  restart: 1012,
  /** This client breaks the protocol: connecting again cannot help before the page is loaded anew. */
  badFrame: 4400,
  /** The session must be proved again. */
  unauthenticated: 4401,
} as const;

/** Decodes a frame; null for a type that this build does not know. */
export function decodeFrame(text: string): ServerFrame | null {
  const frame = JSON.parse(text) as { type: string };
  const known = ["welcome", "change", "head", "reminder", "snapshot_required"];
  return known.includes(frame.type) ? (frame as ServerFrame) : null;
}
