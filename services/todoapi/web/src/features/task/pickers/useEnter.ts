import { type KeyboardEvent, useEffect, useRef } from "react";

/** Takes what was said when Enter is pressed: at once, or as soon as it is understood. */
export function useEnter(text: string, take: (() => void) | null): (event: KeyboardEvent) => void {
  const awaited = useRef<string>(null);
  useEffect(() => {
    if (awaited.current !== text || !take) return;
    awaited.current = null;
    take();
  });
  return (event) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (take) take();
    else awaited.current = text;
  };
}
