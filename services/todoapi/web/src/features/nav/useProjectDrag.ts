import { type RefObject, useEffect, useRef, useState } from "react";
import { useDragAdapter } from "../../ui/dragging";
import type { Zone } from "./order";
import { useOrder } from "./useOrder";

/** The part of a row at either edge that means beside it, and not into it. */
const edge = 0.3;

/** Lets a project be dragged beside or into others, and these beside or into it. Tells where one is held. */
export function useProjectDrag(id: string): { ref: RefObject<HTMLDivElement | null>; dragging: boolean; zone: Zone | null } {
  const ref = useRef<HTMLDivElement>(null);
  const order = useOrder();
  const [dragging, setDragging] = useState(false);
  const [zone, setZone] = useState<Zone | null>(null);
  const adapter = useDragAdapter();
  useEffect(() => {
    const element = ref.current;
    if (!element || !adapter || !order) return;
    const zoneAt = (clientY: number, dragged: string): Zone | null => {
      const { top, height } = element.getBoundingClientRect();
      const part = (clientY - top) / height;
      const held = part < edge ? "before" : part > 1 - edge ? "after" : "inside";
      return order.takes(dragged, id, held) ? held : null;
    };
    const stops = [
      adapter.draggable({
        element,
        getInitialData: () => ({ type: "project", id }),
        onDragStart: () => setDragging(true),
        onDrop: () => setDragging(false),
      }),
      adapter.dropTargetForElements({
        element,
        canDrop: ({ source }) => draggedProject(source.data) !== null,
        onDrag: ({ source, location }) => setZone(zoneAt(location.current.input.clientY, draggedProject(source.data) ?? "")),
        onDragLeave: () => setZone(null),
        onDrop: ({ source, location }) => {
          setZone(null);
          const dragged = draggedProject(source.data);
          const held = dragged !== null && zoneAt(location.current.input.clientY, dragged);
          if (held) order.drop(dragged, id, held);
        },
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, [id, order, adapter]);
  return { ref, dragging, zone };
}

function draggedProject(data: Record<string, unknown>): string | null {
  return data.type === "project" && typeof data.id === "string" ? data.id : null;
}
