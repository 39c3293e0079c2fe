import { useQueryClient } from "@tanstack/react-query";
import type { TaskFields } from "../../api/types";
import { showToast } from "../../ui/toastStore";
import { useAddTask } from "./api";
import { newKey } from "./key";
import { lineQuery } from "./previews";
import { fieldsOfLine, type Line, linesOf, plainFields } from "./quickAdd";

interface AddLines {
  /** The tasks that the lines of a text say. */
  read: (line: Line) => Promise<TaskFields[]>;
  /** Adds a task for each line, in order, and stops at one that is refused. Tells how many it added. */
  add: (line: Line) => Promise<{ added: number; refused: boolean }>;
}

/** Turns lines into tasks, by what they say or, when the server cannot be asked, as they stand. */
export function useAddLines(zone: string, onEdit: (fields: TaskFields) => void): AddLines {
  const cache = useQueryClient();
  const { mutateAsync } = useAddTask();

  const understood = async (line: Line): Promise<TaskFields[] | null> => {
    try {
      return (await cache.query(lineQuery(line, zone))).tasks.map(fieldsOfLine);
    } catch {
      return null;
    }
  };

  const plain = ({ text }: Line) => linesOf(text).map(plainFields);

  const add = async (line: Line) => {
    const known = await understood(line);
    const all = known ?? plain(line);
    for (const [added, fields] of all.entries()) {
      try {
        await mutateAsync({ fields, key: newKey() });
      } catch (error) {
        showToast({
          tone: "error",
          message: `“${fields.title}” was not added. ${error instanceof Error ? error.message : String(error)}`,
          action: { label: "Edit", run: () => onEdit(fields) },
        });
        return { added, refused: true };
      }
    }
    if (!known) showToast({ tone: "plain", message: "Added as typed: dates and tags could not be read." });
    return { added: all.length, refused: false };
  };

  return { read: async (line) => (await understood(line)) ?? plain(line), add };
}
