import { useCallback } from "react";
import type { Act } from "../../store/model";
import { useAct } from "../../sync/hooks";
import { joined } from "./edits";

/** Does something to tasks. label says for people what was done; without one they are not told. */
export type Edit = (acts: readonly Act[], label?: string) => void;

export function useEdit(): Edit {
  const act = useAct();
  return useCallback((acts, label) => joined(acts).forEach((one) => act(one, label)), [act]);
}
