import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { ApiError, client } from "../api/http";
import type { Reminder, Ticket } from "../api/types";
import { fetchBoard, taskKeys, updateBoard, useBoard } from "../features/tasks/api";
import type { Board } from "../features/tasks/board";
import { applyChange } from "./apply";
import { type Connection, LiveFeed, Refused } from "./socket";

/** How the page is connected; why is a sentence when it is refused. */
export interface Liveness {
  connection: Connection;
  why?: string | undefined;
}

/** Keeps the board in step with the server from its first snapshot on. */
export function useLiveFeed(onReminder: (event: string, reminder: Reminder) => void): Liveness {
  const cache = useQueryClient();
  const { isSuccess: loaded } = useBoard();
  const [liveness, setLiveness] = useState<Liveness>({ connection: "connecting" });
  const remind = useRef(onReminder);

  useEffect(() => {
    remind.current = onReminder;
  }, [onReminder]);

  useEffect(() => {
    if (!loaded) return;
    const head = cache.getQueryData<Board>(taskKeys.board)?.head ?? 0;
    const feed = new LiveFeed(
      head,
      {
        ticket,
        renewSession: async () => (await client.refresh()) !== null,
        resync: async () => {
          const board = await fetchBoard();
          cache.setQueryData<Board>(taskKeys.board, board);
          await cache.invalidateQueries({ queryKey: taskKeys.completed });
          return board.head;
        },
        onChange: (change) => {
          updateBoard(cache, (board) => applyChange(board, change));
          // Until then the page asks a person to verify what is verified: no harm if it fails.
          if (change.type === "account.verified") client.reloadUser().catch(() => undefined);
        },
        onReminder: (event, reminder) => remind.current(event, reminder),
        onConnection: (connection, why) => setLiveness({ connection, why }),
      },
      { open: () => new WebSocket(socketAddress()), random: Math.random },
    );
    const wake = () => {
      if (document.visibilityState === "visible") feed.wake();
    };
    feed.start();
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
      feed.stop();
    };
  }, [cache, loaded]);

  return liveness;
}

async function ticket(): Promise<string> {
  try {
    return (await client.request<Ticket>("POST", "/realtime/v1/tickets")).ticket;
  } catch (error) {
    // The server forbids tickets to pages that were opened under another address than its own.
    if (error instanceof ApiError && error.status === 403) throw new Refused(error.message);
    throw error;
  }
}

function socketAddress(): string {
  return `${window.location.origin.replace(/^http/, "ws")}/realtime/v1/socket`;
}
