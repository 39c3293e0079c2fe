import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { isTransient } from "../api/http";
import type { Store } from "../store/store";
import { served } from "./served";
import { useSynced } from "./SyncedStore";

/** How soon a list that the server makes is asked for again after something has changed. */
const settleMs = 800;

/** Each person gets a cache of their own: signing out leaves nothing for the next. */
const caches = new WeakMap<Store, QueryClient>();

/**
 * For a component that shows, or has below it, what only the server can answer. Lists of tasks are
 * no such thing: the page can show them before it has any of this.
 */
export function asksServer<Props extends object>(Asking: ComponentType<Props>): ComponentType<Props> {
  return function AsksServer(props: Props) {
    const { sync } = useSynced();
    return (
      <QueryClientProvider client={cacheOf(sync.store)}>
        <Asking {...props} />
      </QueryClientProvider>
    );
  };
}

function cacheOf(store: Store): QueryClient {
  const known = caches.get(store);
  if (known) return known;
  const cache = new QueryClient({
    defaultOptions: {
      queries: { retry: (failures, error) => failures < 3 && isTransient(error) },
      // A write is tried while the browser believes to be offline too: it is often wrong.
      mutations: { networkMode: "always" },
    },
  });
  caches.set(store, cache);
  keepFresh(cache, store);
  return cache;
}

/** Has lists that the server makes asked for again, a little after the last change. */
function keepFresh(cache: QueryClient, store: Store): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  store.onEvent(({ type }) => {
    if (type !== "changes" && type !== "snapshot") return;
    clearTimeout(timer);
    timer = setTimeout(() => void cache.invalidateQueries({ queryKey: [served] }), settleMs);
  });
}
