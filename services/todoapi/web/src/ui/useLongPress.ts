import { type TouchEvent, useRef } from "react";

/** How long a finger rests on something until more than a tap is meant, in milliseconds. */
const meantAfter = 500;

/** Tells when a finger rests on something. What a tap would do is not done then. */
export function useLongPress(onLongPress: (target: Element, at: { clientX: number; clientY: number }) => void) {
  const timer = useRef<number>(undefined);
  const meant = useRef(false);
  const cancel = () => window.clearTimeout(timer.current);
  return {
    onTouchStart: ({ touches, target }: TouchEvent) => {
      cancel();
      meant.current = false;
      const touch = touches[0];
      if (!touch || touches.length > 1 || !(target instanceof Element)) return;
      const at = { clientX: touch.clientX, clientY: touch.clientY };
      timer.current = window.setTimeout(() => {
        meant.current = true;
        onLongPress(target, at);
      }, meantAfter);
    },
    onTouchMove: cancel,
    onTouchCancel: cancel,
    onTouchEnd: (event: TouchEvent) => {
      cancel();
      if (meant.current) event.preventDefault();
    },
  };
}
