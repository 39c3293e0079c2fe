import type { Asked, Changes, Snapshot } from "../api/generated/types.gen.ts";
import { ApiError, type Client, type Reply } from "../api/http";
import { operations } from "../api/operations";
import type { Ticket } from "../api/types";
import type { Act, Lines } from "../store/model";
import { Refused } from "./live";

/** An act as it is sent: an undo is a command too. */
export type Request = { kind: "commands"; commands: Asked[] } | { kind: "lines"; lines: Lines } | Extract<Act, { kind: "step" }>;

export interface Answer {
  /** The last change of the person when it was done. */
  seq: number;
  /** Names what was done. */
  group: string | null;
  /** The objects as they are now, by command. */
  results: readonly unknown[];
}

/** The platform, for one person. */
export interface Remote {
  snapshot: (cursor?: string) => Promise<Snapshot>;
  changes: (after: number) => Promise<Changes>;
  /** Does something once, however often it is sent under its key. */
  send: (key: string, request: Request) => Promise<Answer>;
  ticket: () => Promise<string>;
  /** Proves that the session still holds; false when it is over. */
  renewSession: () => Promise<boolean>;
}

const changesAtOnce = 500;

export function remoteOf(client: Client, user: string): Remote {
  const perform = (key: string, request: Request): Promise<Reply<unknown>> => {
    const headers = { "Idempotency-Key": key };
    switch (request.kind) {
      case "commands":
        return client.exchange(operations.applyCommands, { body: { commands: request.commands }, headers }, user);
      case "lines":
        return client.exchange(operations.quickAdd, { body: request.lines, headers }, user);
      case "step": {
        const input = { path: { id: request.id }, headers };
        return request.name === "skip" ? client.exchange(operations.skipTask, input, user) : client.exchange(operations.resumeTask, input, user);
      }
    }
  };
  return {
    snapshot: (cursor) => client.call(operations.sync, cursor === undefined ? {} : { query: { cursor } }, user),
    changes: (after) => client.call(operations.listChanges, { query: { after, limit: changesAtOnce } }, user),
    send: async (key, request) => answerOf(await perform(key, request)),
    ticket: async () => {
      try {
        return (await client.request<Ticket>("POST", "/realtime/v1/tickets", { user })).ticket;
      } catch (error) {
        // The server forbids tickets to pages that were opened under another address than its own.
        if (error instanceof ApiError && error.status === 403) throw new Refused(error.message);
        throw error;
      }
    },
    renewSession: async () => (await client.refresh())?.user.id === user,
  };
}

function answerOf({ body, headers }: Reply<unknown>): Answer {
  const { results = [] } = (body ?? {}) as { results?: { ok?: unknown }[] };
  return { seq: Number(headers.get("Change-Seq")), group: headers.get("Change-Group"), results: results.map(({ ok }) => ok) };
}
