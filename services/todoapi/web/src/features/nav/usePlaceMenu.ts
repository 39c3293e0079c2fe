import { type KeyboardEvent, type MouseEvent, useRef, useState } from "react";
import { useCommands } from "../../commands/registry";
import { type Anchor, pointAt } from "../../ui/anchor";
import { useLongPress } from "../../ui/useLongPress";
import { type PlaceRef, rowOf } from "./PlaceRow";
import type { Step } from "./order";
import { useStep } from "./useOrder";

/** Whose menu is asked for, and beside what it opens. */
export interface AskedPlace {
  place: PlaceRef;
  anchor: Anchor;
  open: boolean;
}

/** The one menu of the places in the sidebar, and all the ways to open it: one listener hears what is done to a thousand rows. */
export function usePlaceMenu() {
  const root = useRef<HTMLElement>(null);
  const [asked, setAsked] = useState<AskedPlace | null>(null);
  const step = useStep();

  const ask = (target: EventTarget | null, at?: { clientX: number; clientY: number }): boolean => {
    const found = target instanceof Element ? rowOf(target) : null;
    if (!found) return false;
    const { row, place } = found;
    setAsked({ place, open: true, anchor: at ? pointAt(at, row) : (row.querySelector("[data-menu]") ?? row) });
    return true;
  };

  useCommands({ taskMenu: { run: () => ask(document.activeElement), when: () => rowOf(document.activeElement) !== null } }, root);
  const touch = useLongPress(ask);

  return {
    asked,
    close: () => setAsked((last) => last && { ...last, open: false }),
    root: {
      ref: root,
      onClick: (event: MouseEvent) => {
        if (event.target instanceof Element && event.target.closest("[data-menu]")) ask(event.target);
      },
      onContextMenu: (event: MouseEvent) => {
        if (ask(event.target, event)) event.preventDefault();
      },
      onKeyDown: (event: KeyboardEvent) => {
        const found = rowOf(document.activeElement);
        const leftToRight = getComputedStyle(event.currentTarget).direction === "ltr";
        const way = found && event.altKey ? stepOf(event.key, leftToRight) : undefined;
        if (!found || way === undefined || found.place.kind === "tags") return;
        event.preventDefault();
        const list = found.row.closest("section");
        // The row may be another one by then.
        const focus = () => list?.querySelector<HTMLElement>(`[data-id="${CSS.escape(found.place.id)}"] a`)?.focus();
        step(found.place, way).then(() => requestAnimationFrame(focus), () => undefined);
      },
      ...touch,
    },
  };
}

function stepOf(key: string, leftToRight: boolean): Step | undefined {
  const [forwards, backwards] = leftToRight ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
  return { ArrowUp: "up" as const, ArrowDown: "down" as const, [forwards]: "in" as const, [backwards]: "out" as const }[key];
}
