import { useInfiniteQuery } from "@tanstack/react-query";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import { served } from "../../sync/served";
import type { AuditEntry } from "./entry";

const perPage = 100;

/** The end of the log, so far away that no log reaches it. */
const fromTheEnd = Number.MAX_SAFE_INTEGER;

function readLog(after: number, limit: number) {
  return client.call(operations.listAuditEntries, { query: { after, limit } });
}

/** The log from its end on, page by page, the latest entries first. Events reach it a moment after they happen. */
export function useLog() {
  return useInfiniteQuery({
    queryKey: [served, "activity"],
    initialPageParam: fromTheEnd,
    queryFn: async ({ pageParam }) => {
      const last = pageParam === fromTheEnd ? (await readLog(0, 1)).head.position : pageParam;
      const after = Math.max(0, last - perPage);
      const { items } = await readLog(after, last - after);
      return { entries: items.toReversed() as AuditEntry[], before: after };
    },
    getNextPageParam: ({ before }) => (before > 0 ? before : undefined),
  });
}
