import { type ComponentType, createElement, lazy, Suspense } from "react";

/** How long after the start the rest is fetched at the latest, in ms. */
const soonMs = 4000;

/**
 * A component that is not needed at the start: it is fetched when it is first shown, or before
 * that, once there is nothing else to do.
 */
export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const Loaded = lazy(() => load().then((component) => ({ default: component })));
  // Without the network and without a copy it is tried again when it is shown.
  soon(() => void load().catch(() => undefined));
  return function Lazily(props: Props) {
    return <Suspense fallback={null}>{createElement(Loaded as unknown as ComponentType<Props>, props)}</Suspense>;
  };
}

function soon(work: () => void): void {
  if (typeof window === "undefined") return; // in tests
  // Safari has no idle callbacks.
  if ("requestIdleCallback" in window) window.requestIdleCallback(work, { timeout: soonMs });
  else setTimeout(work, soonMs);
}
