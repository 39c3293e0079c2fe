import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { QuickAddTask, Recurrence } from "../../api/types";
import { lineQuery, sentenceQuery } from "./previews";
import { type Chip, chipsOf, type Line, moveChips } from "./quickAdd";
import { describeRule } from "./recurrence";

/** How long the person pauses before the server is asked, in milliseconds. */
const pause = 150;

/** A value once it has stayed the same for a moment. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export interface Understood {
  task: QuickAddTask | undefined;
  chips: Chip[];
}

/**
 * What the line says, as far as it is known while the person types. The latest answer
 * stays until the next one comes, without what has been edited since.
 */
export function useUnderstood(line: Line, now: Date, zone: string): Understood {
  const asked = useSettled(line);
  const { data } = useQuery({
    ...lineQuery(asked, zone),
    enabled: asked.text.trim() !== "",
    placeholderData: keepPreviousData,
  });
  const task = data?.tasks[0];
  const sentence = useSentence(task?.recurrence, zone);
  if (!data || !task) return { task: undefined, chips: [] };
  return { task, chips: moveChips(chipsOf(task, sentence, now, zone), data.text, line.text) };
}

/** How a task repeats, as a sentence; undefined while only the server could tell. */
export function useSentence(recurrence: Recurrence | null | undefined, zone: string): string | undefined {
  const schedule = recurrence?.anchor === "schedule";
  const plain = recurrence && schedule ? describeRule(recurrence.rule) : null;
  const { data } = useQuery({
    ...sentenceQuery(recurrence ?? { rule: "", anchor: "schedule" }, zone),
    enabled: Boolean(recurrence) && plain === null,
  });
  return plain ?? data?.text;
}
