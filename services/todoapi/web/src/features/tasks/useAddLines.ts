import { useQueryClient } from "@tanstack/react-query";
import type { TaskFields } from "../../api/types";
import { quickAdd } from "../../store/acts";
import { useAct } from "../../sync/hooks";
import { lineQuery } from "./previews";
import { fieldsOfLine, type Line, linesOf, plainFields, toBytes } from "./quickAdd";

interface AddLines {
  /** The tasks that the lines of a text say. */
  read: (line: Line) => Promise<TaskFields[]>;
  /** Adds a task for each line. */
  add: (line: Line) => void;
}

/** Turns lines into tasks by what they say. */
export function useAddLines(zone: string): AddLines {
  const cache = useQueryClient();
  const act = useAct();
  return {
    read: async (line) => {
      try {
        return (await cache.query(lineQuery(line, zone))).tasks.map(fieldsOfLine);
      } catch {
        return linesOf(line.text).map(plainFields);
      }
    },
    add: ({ text, dismissed }) =>
      void act(quickAdd({ text, now: new Date().toISOString(), zone, locale: navigator.language, ignore: toBytes(text, dismissed) })),
  };
}
