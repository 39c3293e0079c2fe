import { useCallback, useEffect, useEffectEvent, useState } from "react";

interface SavedText {
  text: string;
  type: (text: string) => void;
  /** Saves what is not saved yet, and goes back to what is stored. */
  finish: () => void;
}

/**
 * A text that saves itself: when the person leaves it, when the page goes, and, with a delay, while
 * they pause. What is typed stays in view whatever comes from elsewhere meanwhile.
 */
export function useSavedText(stored: string, save: (text: string) => void, delay?: number): SavedText {
  const [typed, setTyped] = useState<string | null>(null);

  const store = useEffectEvent(() => {
    if (typed !== null && typed !== stored) save(typed);
  });

  useEffect(() => {
    if (typed === null || delay === undefined) return;
    const timer = setTimeout(() => store(), delay);
    return () => clearTimeout(timer);
  }, [typed, delay]);

  useEffect(() => {
    const leave = () => store();
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, []);

  const finish = useCallback(() => {
    if (typed !== null && typed !== stored) save(typed);
    setTyped(null);
  }, [typed, stored, save]);

  return { text: typed ?? stored, type: setTyped, finish };
}
