import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "../../store/hooks";
import { useAct } from "../../sync/hooks";
import { fetchedAtLast } from "../../ui/lazily";
import type { Step } from "./order";
import type { Order } from "./ordering";
import type { PlaceRef } from "./PlaceRow";

const load = () => import("./ordering");
const useOrdering = fetchedAtLast(load);

/** Puts projects and filters elsewhere among their like; null until it is there: nobody does that before the first list is shown. */
export function useOrder(): Order | null {
  const store = useStore();
  const act = useAct();
  const { t } = useTranslation("nav");
  const ordering = useOrdering();
  return useMemo(() => ordering?.orderOf(store, act, t) ?? null, [ordering, store, act, t]);
}

/** Takes a place a step on among its like, as soon as that can be done: a key that comes before the rest of the page is not lost. */
export function useStep(): (place: PlaceRef, step: Step) => Promise<void> {
  const store = useStore();
  const act = useAct();
  const { t } = useTranslation("nav");
  return useCallback(async (place, step) => (await load()).orderOf(store, act, t).step(place, step), [store, act, t]);
}
