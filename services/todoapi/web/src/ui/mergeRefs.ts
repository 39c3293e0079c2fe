import type { Ref, RefCallback, RefObject } from "react";

/** One ref for an element that is known inside a component and to whom uses it. */
export function mergeRefs<Element>(inner: RefObject<Element | null>, outer: Ref<Element> | undefined): RefCallback<Element> {
  return (element) => {
    inner.current = element;
    if (typeof outer === "function") return outer(element);
    if (outer) outer.current = element;
    return undefined;
  };
}
