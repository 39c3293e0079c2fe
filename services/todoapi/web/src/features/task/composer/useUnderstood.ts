import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { QuickAddTask } from "../../../api/types";
import { useSettled } from "../pickers/useSettled";
import { lineQuery } from "../previews";
import { useSentence } from "../useSentence";
import { useWords } from "../useWords";
import { type Chip, chipsOf, type Line, moveChips, moveSpans, type Range, rangeOf, type Words } from "./quickAdd";

export interface Understood {
  /** What the line says as it stands; null while that is not known. */
  read: QuickAddTask | null;
  /** What it said when it was last known. */
  task: QuickAddTask | null;
  chips: readonly Chip[];
  marks: readonly Range[];
}

/**
 * What the line says, as far as it is known while the person types. The latest answer stays until
 * the next one comes, without what has been edited since.
 */
export function useUnderstood(line: Line): Understood {
  const words = useChipWords();
  const { viewer } = useWords();
  const asked = useSettled(line);
  const { data } = useQuery({ ...lineQuery(asked, viewer), enabled: asked.text.trim() !== "", placeholderData: keepPreviousData });
  const [task] = data?.tasks ?? [];
  const sentence = useSentence(task?.recurrence);
  return useMemo(() => {
    if (!data || !task || line.text.trim() === "") return { read: null, task: null, chips: [], marks: [] };
    const fresh = data.text === line.text && data.dismissed.length === line.dismissed.length;
    return {
      read: fresh ? task : null,
      task,
      chips: moveChips(chipsOf(task, sentence, words), data.text, line.text),
      marks: moveSpans(task.spans, data.text, line.text).map(rangeOf),
    };
  }, [data, task, sentence, words, line]);
}

function useChipWords(): Words {
  const { t, fullDue, moment, before, duration } = useWords();
  return useMemo(
    () => ({
      due: fullDue,
      moment,
      before,
      deadline: (due) => t("fact.deadline", { day: fullDue(due) }),
      duration: (seconds) => duration(Math.round(seconds / 60)),
      recurrence: (sentence, from) => (from === null ? sentence : t("repeat.from", { sentence, from })),
    }),
    [t, fullDue, moment, before, duration],
  );
}
