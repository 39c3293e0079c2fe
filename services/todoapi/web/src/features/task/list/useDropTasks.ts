import { type RefObject, useEffect, useRef, useState } from "react";
import { useDragAdapter } from "../../../ui/dragging";
import { draggedTasks } from "./drag";

/** Lets tasks be let go on something that is no list, such as a day or a project. Tells whether they are held over it. */
export function useDropTasks<Target extends HTMLElement>(onDrop: (ids: readonly string[]) => void): { ref: RefObject<Target | null>; over: boolean } {
  const ref = useRef<Target>(null);
  const latest = useRef(onDrop);
  const [over, setOver] = useState(false);
  const dragging = useDragAdapter();
  useEffect(() => {
    latest.current = onDrop;
  });
  useEffect(() => {
    if (!ref.current) return;
    return dragging?.dropTargetForElements({
      element: ref.current,
      canDrop: ({ source }) => draggedTasks(source.data) !== null,
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source, location }) => {
        setOver(false);
        const ids = draggedTasks(source.data);
        // Only the innermost of several takes them.
        if (ids && location.current.dropTargets[0]?.element === ref.current) latest.current(ids);
      },
    });
  }, [dragging]);
  return { ref, over };
}
