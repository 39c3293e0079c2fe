import { useCallback, useEffect, useEffectEvent, useMemo, useSyncExternalStore } from "react";
import { undo as undoOf } from "../store/acts";
import { useOps, useStore } from "../store/hooks";
import type { Act, Op } from "../store/model";
import { isProvisional } from "../store/predict";
import { discard, keepMine, needAttention, retry, takeTheirs } from "./attention";
import type { Done } from "./history";
import { useSynced } from "./SyncedStore";
import type { Liveness, OnReminder, Present } from "./sync";

/** How the page is connected, and how many acts have not been done yet. */
export function useConnection(): Liveness & { waiting: number } {
  const { sync } = useSynced();
  const liveness = useSyncExternalStore(sync.subscribe, sync.connection);
  const waiting = useOps().filter(({ state }) => state === "waiting").length;
  return { ...liveness, waiting };
}

/** The sessions and API tokens by which the person is connected elsewhere now, as far as this window knows. */
export function usePresent(): Present {
  const { sync } = useSynced();
  return useSyncExternalStore(sync.subscribe, sync.present);
}

/** Calls listener with each step in the life of a reminder. */
export function useOnReminder(listener: OnReminder): void {
  const { sync } = useSynced();
  const tell = useEffectEvent(listener);
  useEffect(() => sync.onReminder((event, reminder) => tell(event, reminder)), [sync]);
}

/** Whether there is anything to show. Until then nothing is there, which is not to say that there is nothing. */
export function useLoaded(): boolean {
  const { sync } = useSynced();
  return useSyncExternalStore(sync.subscribe, sync.loaded);
}

/**
 * Does something: it is seen at once, and sent when its turn comes. label says for people what was
 * done; without one they are not told. null: it could not be done yet.
 */
export function useAct(): (act: Act, label?: string) => Op | null {
  const { sync, announce } = useSynced();
  const undo = useTakeBack();
  return useCallback(
    (act, label) => {
      if (isEarly(act)) {
        announce({ kind: "early" });
        return null;
      }
      const op = sync.store.act(act);
      if (label !== undefined) {
        sync.history.add({ opId: op.id, label });
        announce({ kind: "done", opId: op.id, label, undo: () => undo(op.id) });
      }
      return op;
    },
    [sync, announce, undo],
  );
}

/** What was done in this window last, and the way to undo it or something before it. */
export function useUndo(): { last: Done | null; undo: (opId?: string) => void } {
  const { sync } = useSynced();
  const last = useSyncExternalStore(sync.history.subscribe, sync.history.last);
  const undo = useTakeBack();
  return { last, undo };
}

function useTakeBack(): (opId?: string) => void {
  const { sync } = useSynced();
  return useCallback(
    (opId = sync.history.last()?.opId) => {
      if (opId === undefined) return;
      sync.history.remove(opId);
      sync.store.act(undoOf(opId));
    },
    [sync],
  );
}

/** What signing out has to ask and to do. */
export function useLeaving(): { unsent: () => number; wipe: () => Promise<void> } {
  const { sync } = useSynced();
  return useMemo(() => ({ unsent: () => sync.unsent(), wipe: () => sync.wipe() }), [sync]);
}

/** What could not be done, and what a person can decide about it. */
export interface Attention {
  ops: readonly Op[];
  discard: (op: Op) => void;
  retry: (op: Op) => void;
  keepMine: (op: Op) => void;
  takeTheirs: (op: Op) => void;
}

export function useAttention(): Attention {
  const store = useStore();
  const ops = useOps();
  return useMemo(
    () => ({
      ops: needAttention(ops),
      discard: (op) => store.dispatch(discard(op)),
      retry: (op) => store.dispatch(retry(op)),
      keepMine: (op) => store.dispatch(keepMine(op)),
      takeTheirs: (op) => store.dispatch(takeTheirs(op)),
    }),
    [store, ops],
  );
}

/** Fields by which a command may name a task beside its own. */
const references = ["parentId", "taskId", "before", "after"];

/** Whether an act is about a task that stands for a line which the server has not read yet. */
function isEarly(act: Act): boolean {
  switch (act.kind) {
    case "commands":
      return act.commands.some(({ id, fields = {} }) => isProvisional(id) || references.some((name) => isProvisional(String(fields[name]))));
    case "lines":
      return isProvisional(act.lines.parentId ?? "");
    case "step":
      return isProvisional(act.id);
    case "undo":
      return false;
  }
}
