import { useCallback } from "react";
import { useStore } from "../../store/hooks";
import type { Act } from "../../store/model";
import { joined } from "./edits";

/** Does something to tasks, in words that the notice with Undo says. */
export type Edit = (acts: readonly Act[], label?: string) => void;

export function useEdit(): Edit {
  const store = useStore();
  return useCallback((acts) => joined(acts).forEach((act) => store.act(act)), [store]);
}
