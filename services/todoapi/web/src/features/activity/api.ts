import { useQuery } from "@tanstack/react-query";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import type { AuditEntry } from "./entry";

const shown = 100;

function readLog(after: number, limit: number) {
  return client.call(operations.listAuditEntries, { query: { after, limit } });
}

/** The last entries of the log, the latest first. Events reach the log a moment after they happen. */
export function useActivity() {
  return useQuery({
    queryKey: ["activity"],
    queryFn: async () => {
      const { head } = await readLog(0, 1);
      const page = await readLog(Math.max(0, head.position - shown), shown);
      return page.items.toReversed() as AuditEntry[];
    },
    refetchInterval: 3_000,
  });
}
