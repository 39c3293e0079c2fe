import { useInfiniteQuery } from "@tanstack/react-query";
import { client } from "../../../api/http";
import { operations } from "../../../api/operations";
import type { Change } from "../../../api/types";
import { useStore } from "../../../store/hooks";
import { entriesOf, type Entry, isAll } from "./activity";

/** How many changes are looked through at once. */
const window = 500;

/** What happened to a task, found in the feed of all changes from its end backwards, so far as it was looked through. */
export function useTaskActivity(taskId: string, version: number) {
  const store = useStore();
  const query = useInfiniteQuery({
    queryKey: ["activity", taskId, version],
    initialPageParam: store.state.head,
    queryFn: async ({ pageParam: until }) => ({ until, entries: entriesOf(await changesBefore(until), taskId) }),
    getNextPageParam: ({ until }, pages) => (until <= window || isAll(pages.flatMap(({ entries }) => entries)) ? undefined : until - window),
    networkMode: "always",
    retry: false,
  });
  const entries: Entry[] = query.data?.pages.flatMap((page) => page.entries) ?? [];
  return { entries, isPending: query.isFetching, error: query.error, more: query.hasNextPage ? () => void query.fetchNextPage() : null };
}

/** The changes up to one, as many as are looked through at once. Answers may bring fewer than they are asked for. */
async function changesBefore(until: number): Promise<Change[]> {
  const changes: Change[] = [];
  for (let after = Math.max(0, until - window); after < until; ) {
    const { items } = await client.call(operations.listChanges, { query: { after, limit: Math.min(window, until - after) } });
    const last = items.at(-1);
    if (!last) break;
    changes.push(...(items as Change[]));
    after = last.seq;
  }
  return changes;
}
