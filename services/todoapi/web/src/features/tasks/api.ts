import { useInfiniteQuery } from "@tanstack/react-query";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import type { Task } from "../../api/types";
import { useTable } from "../../store/hooks";

/** Every task that this window knows. */
export type Board = ReadonlyMap<string, Task>;

export function useBoard(): Board {
  return useTable("tasks");
}

/** Reads completed tasks page by page, once someone asks to see them. */
export function useCompletedPages(enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ["tasks", "completed"],
    enabled,
    initialPageParam: "",
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === "" ? {} : { cursor: pageParam };
      return client.call(operations.listTasks, { query: { status: "completed", limit: 100, ...cursor } });
    },
    getNextPageParam: (page) => page.next,
  });
}
