import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "../../store/hooks";
import { useAct } from "../../sync/hooks";
import { fetchedAtLast } from "../../ui/lazily";
import type { Order } from "./ordering";

const useOrdering = fetchedAtLast(() => import("./ordering"));

/** Puts projects and filters elsewhere among their like; null until it is there: nobody does that before the first list is shown. */
export function useOrder(): Order | null {
  const store = useStore();
  const act = useAct();
  const { t } = useTranslation("nav");
  const ordering = useOrdering();
  return useMemo(() => ordering?.orderOf(store, act, t) ?? null, [ordering, store, act, t]);
}
