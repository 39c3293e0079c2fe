import { dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { type RefObject, useEffect, useEffectEvent, useState } from "react";
import { draggedTasks } from "./drag";

/** Lets tasks be dropped on something outside of their list, such as a project. Tells whether they are over it. */
export function useTaskDrop(target: RefObject<HTMLElement | null>, onDrop: (ids: readonly string[]) => void): boolean {
  const [over, setOver] = useState(false);
  const drop = useEffectEvent(onDrop);
  useEffect(() => {
    if (!target.current) return;
    return dropTargetForElements({
      element: target.current,
      canDrop: ({ source }) => draggedTasks(source.data) !== null,
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source }) => {
        setOver(false);
        drop(draggedTasks(source.data) ?? []);
      },
    });
  }, [target]);
  return over;
}
