import { useQuery } from "@tanstack/react-query";
import type { Recurrence } from "../../api/types";
import { plainRule } from "./pickers/recurrence";
import { sentenceQuery } from "./previews";
import { useWords } from "./useWords";

/** How a task repeats, as a sentence; undefined while only the server could tell. */
export function useSentence(recurrence: Recurrence | null | undefined): string | undefined {
  const { plain, viewer } = useWords();
  const said = recurrence && (recurrence.anchor ?? "schedule") === "schedule" ? plainRule(recurrence.rule) : null;
  const { data } = useQuery({
    ...sentenceQuery(recurrence ?? { rule: "", anchor: "schedule" }, viewer),
    enabled: Boolean(recurrence) && said === null,
  });
  return said ? plain(said) : data?.text;
}
