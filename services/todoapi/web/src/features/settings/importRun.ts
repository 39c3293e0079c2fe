import { useQuery } from "@tanstack/react-query";
import type { ImportDetail } from "../../api/generated/types.gen.ts";
import { ApiError, client } from "../../api/http";
import { operations } from "../../api/operations";
import { settingsOperations } from "../../api/settingsOperations";
import { type Format, typeOf, waitMs } from "./importFile";

/** How a file is to be brought in. */
export interface ImportOptions {
  format: Format | undefined;
  /** Path of the project for tasks that name none; "": the inbox. */
  project: string;
  /** Which column of a table is which, as the query has it. */
  columns: readonly string[];
  /** Leave out what cannot be brought in, and bring in the rest. */
  each: boolean;
  settings: boolean;
  /** A name of its own brings the same file in once more. */
  importId: string | undefined;
}

/** Has the server begin with a file, or say what would become of it. */
export function startImport(file: File, options: ImportOptions, dryRun: boolean) {
  const { format, project, columns, each, settings, importId } = options;
  const query = {
    dryRun,
    each,
    settings,
    column: [...columns],
    ...(format !== undefined && { format }),
    ...(project !== "" && { project }),
    ...(importId !== undefined && { importId }),
  };
  return client.upload(settingsOperations.startImport, new Blob([file], { type: typeOf(file.name) }), { query });
}

export function isOver({ state }: Pick<ImportDetail, "state">): boolean {
  return state === "done" || state === "failed";
}

/** How far an import is: asked less and less often, until it is over. */
export function useImport(id: string | null) {
  return useQuery({
    queryKey: ["settings", "import", id],
    queryFn: () => client.call(settingsOperations.getImport, { path: { id: id ?? "" } }),
    enabled: id !== null,
    refetchInterval: ({ state: { data, dataUpdateCount } }) => (data && isOver(data) ? false : waitMs(dataUpdateCount)),
  });
}

/** What became of the acts of an import that were to be undone. */
export interface Undone {
  undone: number;
  /** Of acts that cannot be undone, for something of them was changed since. */
  left: number;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Takes the acts of an import back, the last first, as fast as the server lets changes in. */
export async function undoImport(
  groups: readonly string[],
  tell: (done: number) => void,
  undo: (group: string) => Promise<unknown> = (group) => client.call(operations.undo, { body: { group } }),
  wait: (ms: number) => Promise<unknown> = sleep,
): Promise<Undone> {
  let left = 0;
  for (const [at, group] of [...groups].reverse().entries()) {
    for (;;) {
      try {
        await undo(group);
        break;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 429) await wait(error.retryAfterMs || 1_000);
        else if ([404, 409].includes(error.status)) {
          left += 1;
          break;
        } else throw error;
      }
    }
    tell(at + 1);
  }
  return { undone: groups.length - left, left };
}
