/** What Tooltips shows while the pointer or the focus rests on an element, which has a name of its own. */
export interface Tip {
  label: string;
  /** Keys that do the same, such as "$mod+k". */
  keys?: string | undefined;
}

/** The properties of an element that has a tip. */
export function tipped({ label, keys }: Tip) {
  return { "data-tip": label, "data-tip-keys": keys };
}

/** The element with a tip that something is in, and its tip. */
export function tipAt(target: EventTarget | null): { element: HTMLElement; tip: Tip } | null {
  const element = target instanceof Element ? target.closest<HTMLElement>("[data-tip]") : null;
  if (!element?.dataset.tip) return null;
  return { element, tip: { label: element.dataset.tip, keys: element.dataset.tipKeys } };
}
