import { fetchedAtLast } from "./lazily";

/** What makes elements draggable, and others take them; null until it is there: nobody drags before the first list is shown. */
export const useDragAdapter = fetchedAtLast(() => import("@atlaskit/pragmatic-drag-and-drop/element/adapter"));
