import type { Change, Reminder } from "../api/types";

/** Frames that the server sends. */
export type ServerFrame =
  | { type: "welcome"; head: number; heartbeatSeconds: number }
  | { type: "change"; seq: number; change: Change }
  | { type: "head"; seq: number }
  | { type: "reminder"; event: string; reminder: Reminder }
  | { type: "presence"; devices: readonly Device[] }
  | { type: "snapshot_required" }
  /** The last of a stream, in place of the close frame of a WebSocket. */
  | { type: "close"; code: number };

/** Another connection of the person. */
export interface Device {
  /** Of the session or API token that opened it. */
  id: string;
}

/** What begins a connection, from the client: who it is and what it has seen. */
export interface Hello {
  type: "hello";
  ticket: string;
  resume: { seq: number };
}

/** How a connection ends. */
export const closeCodes = {
  /** Nobody has closed it (RFC 6455 section 7.1.5). */
  lost: 1006,
  /** This server stops, another one is there. */
  restart: 1012,
  tryAgain: 1013,
  /** This page reads too slowly. */
  slow: 4008,
  /** This client breaks the protocol: connecting again cannot help before the page is loaded anew. */
  badFrame: 4400,
  /** The session must be proved again. */
  unauthenticated: 4401,
  tooMany: 4429,
} as const;

const ofServer: readonly number[] = Object.values(closeCodes).filter((code) => code !== closeCodes.lost);

/** Whether realtime-sync itself has closed a connection. */
export function isOfServer(code: number): boolean {
  return ofServer.includes(code);
}

/** Decodes a frame; null for a type that this build does not know, "broken" for what did not come whole. */
export function decodeFrame(text: string): ServerFrame | "broken" | null {
  const frame = parse(text);
  if (!frame) return "broken";
  const known = ["welcome", "change", "head", "reminder", "presence", "snapshot_required", "close"];
  if (!known.includes(String(frame.type))) return null;
  const whole = (frame.type !== "change" || isChange(frame.change)) && (frame.type !== "presence" || Array.isArray(frame.devices));
  return whole ? (frame as unknown as ServerFrame) : "broken";
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === "object" ? (frame as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

function isChange(change: unknown): boolean {
  return typeof change === "object" && change !== null && "seq" in change && Number.isSafeInteger(change.seq);
}
