import { type QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, isTransient } from "../../api/http";
import { operations } from "../../api/operations";
import type { Task, TaskFields } from "../../api/types";
import { type Board, boardOf, guess, merge, remove, restore } from "./board";

export const taskKeys = {
  board: ["tasks", "board"] as const,
  completed: ["tasks", "completed"] as const,
};

/**
 * Reads the snapshot of open tasks page by page. Changes that come between two pages are
 * not lost: the board follows the feed from where the first page was read.
 */
export async function fetchBoard(): Promise<Board> {
  let page = await client.call(operations.sync, {});
  let board = boardOf(page);
  while (page.next) {
    page = await client.call(operations.sync, { query: { cursor: page.next } });
    board = merge(board, ...page.tasks);
  }
  return board;
}

/** The board. Read once: afterwards the change feed keeps it right. */
export function useBoard() {
  return useQuery({ queryKey: taskKeys.board, queryFn: fetchBoard, staleTime: Infinity });
}

export function updateBoard(cache: QueryClient, change: (board: Board) => Board): void {
  cache.setQueryData<Board>(taskKeys.board, (board) => board && change(board));
}

/** Reads completed tasks page by page into the board, once someone asks to see them. */
export function useCompletedPages(enabled: boolean) {
  const cache = useQueryClient();
  return useInfiniteQuery({
    queryKey: taskKeys.completed,
    enabled,
    staleTime: Infinity,
    initialPageParam: "",
    queryFn: async ({ pageParam }) => {
      const cursor = pageParam === "" ? {} : { cursor: pageParam };
      const page = await client.call(operations.listTasks, { query: { status: "completed", limit: 100, ...cursor } });
      updateBoard(cache, (board) => merge(board, ...page.items));
      return { next: page.next };
    },
    getNextPageParam: (page) => page.next,
  });
}

/** A lost answer is asked for again: each of these requests has the same effect when it comes twice. */
const repeatable = {
  retry: (failures: number, error: Error) => failures < 3 && isTransient(error),
  retryDelay: (failures: number) => Math.random() * Math.min(8000, 500 * 2 ** failures),
};

export interface NewTask {
  fields: TaskFields;
  /** Marks the repetitions of one request (header Idempotency-Key). */
  key: string;
}

export function useAddTask() {
  const cache = useQueryClient();
  return useMutation({
    ...repeatable,
    mutationFn: ({ fields, key }: NewTask) =>
      client.call(operations.createTask, { body: fields, headers: { "Idempotency-Key": key } }),
    onSuccess: (task) => updateBoard(cache, (board) => merge(board, task)),
  });
}

export interface TaskPatch {
  id: string;
  /** The version that the person knows: the server answers 412 when the task is at another. */
  version: number;
  patch: Partial<TaskFields>;
}

export function useEditTask() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version, patch }: TaskPatch) =>
      client.call(operations.editTask, { path: { id }, body: patch, headers: { "If-Match": `"${version}"` } }),
    onSuccess: (task) => updateBoard(cache, (board) => merge(board, task)),
  });
}

/** Completes or reopens a task; the board shows it at once. */
export function useSetCompleted() {
  const cache = useQueryClient();
  return useMutation({
    ...repeatable,
    mutationFn: ({ task, completed }: { task: Task; completed: boolean }) =>
      completed
        ? client.call(operations.completeTask, { path: { id: task.id } })
        : client.call(operations.reopenTask, { path: { id: task.id } }),
    onMutate: ({ task, completed }) =>
      updateBoard(cache, (board) => guess(board, task.id, { completedAt: completed ? new Date().toISOString() : null })),
    onSuccess: (task) => updateBoard(cache, (board) => merge(board, task)),
    onError: (_error, { task }) => updateBoard(cache, (board) => merge(board, task)),
  });
}

export function useDeleteTask() {
  const cache = useQueryClient();
  return useMutation({
    ...repeatable,
    mutationFn: (task: Task) => client.call(operations.deleteTask, { path: { id: task.id } }),
    onMutate: (task) => updateBoard(cache, (board) => remove(board, task.id)),
    onError: (_error, task) => updateBoard(cache, (board) => restore(board, task)),
  });
}
