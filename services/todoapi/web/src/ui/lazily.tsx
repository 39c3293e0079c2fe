import { type ComponentType, createElement, lazy, type ReactNode, Suspense, useEffect, useSyncExternalStore } from "react";

type Load<Props> = () => Promise<ComponentType<Props>>;

/** What is to be fetched with the rest; null once that was done. */
let awaited: (() => Promise<unknown>)[] | null = [];

/**
 * A component that is not needed at the start: it is fetched when it is first shown, or before
 * that, by fetchTheRest.
 */
export function lazily<Props extends object>(load: Load<Props>, meanwhile: ReactNode = null): ComponentType<Props> {
  const Loaded = lazy(() => load().then((component) => ({ default: component })));
  fetchLater(load);
  return function Lazily(props: Props) {
    return <Suspense fallback={meanwhile}>{createElement(Loaded as unknown as ComponentType<Props>, props)}</Suspense>;
  };
}

/** One that is there from the start, but closed: it is fetched with the rest, so that it opens at once, or when it is first opened. */
export function lazilyOpened<Props extends { open: boolean }>(load: Load<Props>): ComponentType<Props> {
  const { fetch, useFetched } = fetched(load);
  return function LazilyOpened(props: Props) {
    const Fetched = useFetched();
    const { open } = props;
    useEffect(() => {
      if (open) fetchNow(fetch);
    }, [open]);
    return Fetched && createElement(Fetched, props);
  };
}

/** A component for which nobody waits: it is there once it was fetched with the rest. */
export function lazilyAtLast(load: Load<object>): ComponentType {
  const { useFetched } = fetched(load);
  return function LazilyAtLast() {
    const Fetched = useFetched();
    return Fetched && createElement(Fetched);
  };
}

/** A hook for what is no component: null until it was fetched with the rest. */
export function fetchedAtLast<Value>(load: () => Promise<Value>): () => Value | null {
  return fetched(load).useFetched;
}

function fetched<Value>(load: () => Promise<Value>) {
  let value: Value | null = null;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const fetch = async () => {
    value ??= await load();
    for (const listener of listeners) listener();
  };
  fetchLater(fetch);
  const useFetched = () => useSyncExternalStore(subscribe, () => value);
  return { fetch, useFetched };
}

function fetchLater(load: () => Promise<unknown>): void {
  if (awaited) awaited.push(load);
  else fetchNow(load);
}

/**
 * Fetches what else there is, once what somebody came for is on the screen: at once and not when
 * there is time, for the network may go and all of it is needed without.
 */
export function fetchTheRest(): void {
  const rest = awaited ?? [];
  awaited = null;
  requestAnimationFrame(() => setTimeout(() => rest.forEach(fetchNow)));
}

// Without the network and without a copy it is tried again when it is shown.
function fetchNow(load: () => Promise<unknown>): void {
  load().catch(() => undefined);
}
