import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { type RefObject, useEffect, useRef, useState } from "react";
import type { Zone } from "./order";
import { useOrder } from "./useOrder";

/** The part of a row at either edge that means beside it, and not into it. */
const edge = 0.3;

/** Lets a project be dragged beside or into others, and these beside or into it. Tells where one is held. */
export function useProjectDrag(id: string): { ref: RefObject<HTMLDivElement | null>; dragging: boolean; zone: Zone | null } {
  const ref = useRef<HTMLDivElement>(null);
  const { takes, drop } = useOrder();
  const [dragging, setDragging] = useState(false);
  const [zone, setZone] = useState<Zone | null>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const zoneAt = (clientY: number, dragged: string): Zone | null => {
      const { top, height } = element.getBoundingClientRect();
      const part = (clientY - top) / height;
      const held = part < edge ? "before" : part > 1 - edge ? "after" : "inside";
      return takes(dragged, id, held) ? held : null;
    };
    return combine(
      draggable({
        element,
        getInitialData: () => ({ type: "project", id }),
        onDragStart: () => setDragging(true),
        onDrop: () => setDragging(false),
      }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) => draggedProject(source.data) !== null,
        onDrag: ({ source, location }) => setZone(zoneAt(location.current.input.clientY, draggedProject(source.data) ?? "")),
        onDragLeave: () => setZone(null),
        onDrop: ({ source, location }) => {
          setZone(null);
          const dragged = draggedProject(source.data);
          const held = dragged !== null && zoneAt(location.current.input.clientY, dragged);
          if (held) drop(dragged, id, held);
        },
      }),
    );
  }, [id, takes, drop]);
  return { ref, dragging, zone };
}

function draggedProject(data: Record<string, unknown>): string | null {
  return data.type === "project" && typeof data.id === "string" ? data.id : null;
}
