import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { client } from "../api/http";
import type { Reminder, Ticket } from "../api/types";
import { fetchBoard, taskKeys, updateBoard, useBoard } from "../features/tasks/api";
import type { Board } from "../features/tasks/board";
import { applyChange } from "./apply";
import { type Connection, LiveFeed } from "./socket";

/** Keeps the board in step with the server from its first snapshot on. */
export function useLiveFeed(onReminder: (event: string, reminder: Reminder) => void): Connection {
  const cache = useQueryClient();
  const { isSuccess: loaded } = useBoard();
  const [connection, setConnection] = useState<Connection>("connecting");
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
        ticket: async () => (await client.request<Ticket>("POST", "/realtime/v1/tickets")).ticket,
        renewSession: async () => (await client.refresh()) !== null,
        resync: async () => {
          const board = await fetchBoard();
          cache.setQueryData<Board>(taskKeys.board, board);
          await cache.invalidateQueries({ queryKey: taskKeys.completed });
          return board.head;
        },
        onChange: (change) => updateBoard(cache, (board) => applyChange(board, change)),
        onReminder: (event, reminder) => remind.current(event, reminder),
        onConnection: setConnection,
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

  return connection;
}

function socketAddress(): string {
  return `${window.location.origin.replace(/^http/, "ws")}/realtime/v1/socket`;
}
