import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Task } from "../api/types";
import { useStore, useTable } from "../store/hooks";

/** The first part of the keys of all queries that are asked again when something has changed. */
export const served = "served";

interface Page {
  tasks: readonly Task[];
  next?: string | undefined;
}

export interface Served {
  /** The tasks in the order of the server, without those that are gone since. */
  tasks: readonly Task[];
  state: "loading" | "failed" | "shown";
  error: Error | null;
  again: () => void;
  more: (() => void) | null;
  busy: boolean;
}

/**
 * A list of tasks that only the server can make, page by page. Its tasks become known to the
 * store, from which they are shown: what changes them is seen at once, and the list is asked
 * for again when something has changed.
 */
export function useServed(key: readonly unknown[], read: (cursor: string | undefined) => Promise<Page>, enabled = true): Served {
  const store = useStore();
  const known = useTable("tasks");
  const query = useInfiniteQuery({
    queryKey: [served, ...key],
    enabled,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) => {
      const page = await read(pageParam);
      store.dispatch({ type: "learned", tasks: page.tasks });
      return { ids: page.tasks.map(({ id }) => id), next: page.next };
    },
    getNextPageParam: ({ next }) => next,
  });
  const { data, fetchNextPage, refetch } = query;
  const tasks = useMemo(() => data?.pages.flatMap(({ ids }) => ids.flatMap((id) => known.get(id) ?? [])) ?? [], [data, known]);
  return {
    tasks,
    state: data ? "shown" : query.isError ? "failed" : "loading",
    error: query.error,
    again: () => void refetch(),
    more: query.hasNextPage ? () => void fetchNextPage() : null,
    busy: query.isFetching,
  };
}
