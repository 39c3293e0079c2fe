import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { pointerOutsideOfPreview } from "@atlaskit/pragmatic-drag-and-drop/element/pointer-outside-of-preview";
import { setCustomNativeDragPreview } from "@atlaskit/pragmatic-drag-and-drop/element/set-custom-native-drag-preview";
import { draggedTasks, indentOf, taskData } from "./drag";
import type { ListContext } from "./context";
import type { Gap } from "./moves";
import styles from "./TaskList.module.css";

export interface RowPlace {
  id: string;
  group: string;
  at: number;
  depth: number;
}

/** What a row knows while it is dragged, or dragged over. */
export interface Draggable extends Pick<ListContext, "model" | "does"> {
  /** What may be another by the next picture. */
  latest: { readonly current: Pick<ListContext, "manual"> & { place: RowPlace; t: ListContext["words"]["t"] } };
  onDragging: (dragging: boolean) => void;
}

/** Lets a row be dragged, with all that is chosen, and be dragged over, until the returned function is called. */
export function letDrag(element: HTMLElement, { model, does, latest, onDragging }: Draggable): () => void {
  const { id } = latest.current.place;
  const ids = () => (model.get().choice.chosen.has(id) ? does.meant() : [id]);
  const takes = () => latest.current.manual || does.groups.find(({ key }) => key === latest.current.place.group)?.place?.day !== undefined;
  const gapAt = ({ clientX, clientY }: { clientX: number; clientY: number }): Gap => {
    const { at } = latest.current.place;
    const box = element.getBoundingClientRect();
    const below = clientY > box.top + box.height / 2;
    const from = getComputedStyle(element).direction === "rtl" ? box.right - clientX : clientX - box.left;
    return { at: below ? at + 1 : at, depth: latest.current.manual ? indentOf(from) : 0 };
  };
  return combine(
    draggable({
      element,
      getInitialData: () => taskData(ids()),
      onGenerateDragPreview: ({ nativeSetDragImage }) =>
        setCustomNativeDragPreview({
          nativeSetDragImage,
          getOffset: pointerOutsideOfPreview({ x: "12px", y: "8px" }),
          render: ({ container }) => {
            const [first] = does.tasks(ids());
            container.className = styles.preview ?? "";
            container.textContent = latest.current.t("dragged", { count: ids().length, title: first?.title ?? "" });
          },
        }),
      onDragStart: () => onDragging(true),
      onDrop: () => onDragging(false),
    }),
    dropTargetForElements({
      element,
      canDrop: ({ source }) => draggedTasks(source.data) !== null && takes(),
      onDrag: ({ location }) => {
        const { group } = latest.current.place;
        const gap = gapAt(location.current.input);
        const now = model.get().drop;
        if (now?.group !== group || now.gap.at !== gap.at || now.gap.depth !== gap.depth) model.change({ drop: { group, gap } });
      },
      onDragLeave: () => model.change({ drop: null }),
      onDrop: ({ source, location }) => {
        model.change({ drop: null });
        does.drop(draggedTasks(source.data) ?? [], latest.current.place.group, gapAt(location.current.input));
      },
    }),
  );
}
