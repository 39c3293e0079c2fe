import { useCallback, useSyncExternalStore } from "react";

/** Where there is room for one column alone. The sheets have the same measure. */
export const narrow = "(max-width: 50rem)";

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}
