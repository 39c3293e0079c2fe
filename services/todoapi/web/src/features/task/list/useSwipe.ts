import { type TouchEvent, useRef } from "react";

/** How far a row is swiped until it is meant, in pixels. */
const meantAt = 72;
/** How far a finger goes before it is known whether it scrolls or swipes. */
const unsure = 10;

interface SwipeProps {
  onComplete: () => void;
  onSchedule: () => void;
}

interface Swipe {
  x: number;
  y: number;
  swiping: boolean | null;
}

/** Completes by a swipe towards the end of the line, and schedules by one towards its start. */
export function useSwipe({ onComplete, onSchedule }: SwipeProps) {
  const swipe = useRef<Swipe | null>(null);

  const settle = (element: HTMLElement) => {
    swipe.current = null;
    delete element.dataset.swipe;
    element.style.removeProperty("--swipe");
  };

  return {
    onTouchStart: ({ touches }: TouchEvent<HTMLElement>) => {
      const touch = touches[0];
      swipe.current = touch && touches.length === 1 ? { x: touch.clientX, y: touch.clientY, swiping: null } : null;
    },
    onTouchMove: ({ touches, currentTarget }: TouchEvent<HTMLElement>) => {
      const touch = touches[0];
      if (!swipe.current || !touch || swipe.current.swiping === false) return;
      const [dx, dy] = [touch.clientX - swipe.current.x, touch.clientY - swipe.current.y];
      if (swipe.current.swiping === null && Math.hypot(dx, dy) > unsure) swipe.current.swiping = Math.abs(dx) > 1.5 * Math.abs(dy);
      if (!swipe.current.swiping) return;
      currentTarget.dataset.swipe = dx > 0 ? "right" : "left";
      currentTarget.style.setProperty("--swipe", `${dx}px`);
    },
    onTouchEnd: ({ changedTouches, currentTarget }: TouchEvent<HTMLElement>) => {
      const begun = swipe.current;
      const touch = changedTouches[0];
      settle(currentTarget);
      if (!begun?.swiping || !touch) return;
      const leftToRight = getComputedStyle(currentTarget).direction === "ltr";
      const far = (touch.clientX - begun.x) * (leftToRight ? 1 : -1);
      if (far > meantAt) onComplete();
      if (far < -meantAt) onSchedule();
    },
    onTouchCancel: ({ currentTarget }: TouchEvent<HTMLElement>) => settle(currentTarget),
  };
}
