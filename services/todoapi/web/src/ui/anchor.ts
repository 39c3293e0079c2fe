/** What a menu or a popover can be beside of. */
export type Anchor = Element | { getBoundingClientRect: () => DOMRect; contextElement: Element };

/** A point on the screen, such as where the pointer is over an element. */
export function pointAt({ clientX, clientY }: { clientX: number; clientY: number }, contextElement: Element): Anchor {
  return { getBoundingClientRect: () => new DOMRect(clientX, clientY, 0, 0), contextElement };
}
