import { type RefObject, useEffect, useRef, useState } from "react";
import { fetchedAtLast } from "../../../ui/lazily";
import { useListContext } from "./context";
import type { RowPlace } from "./rowDrag";

const useDragging = fetchedAtLast(() => import("./rowDrag"));

/** Lets a row be dragged, with all that is chosen, and be dragged over. Tells whether it is under way. */
export function useRowDrag(row: RefObject<HTMLElement | null>, place: RowPlace): boolean {
  const { model, does, manual, words } = useListContext();
  const { t } = words;
  const fetched = useDragging();
  const [dragging, setDragging] = useState(false);
  const latest = useRef({ place, manual, t });
  useEffect(() => {
    latest.current = { place, manual, t };
  });
  useEffect(() => {
    return row.current ? fetched?.letDrag(row.current, { model, does, latest, onDragging: setDragging }) : undefined;
  }, [fetched, row, model, does]);
  return dragging;
}
