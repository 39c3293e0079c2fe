import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from "react";
import type { Viewer } from "../time/due";
import { useNow } from "../time/useNow";
import { commentsOn, type Counts, countsOf, type Group, listOf, type ListOf, type Source } from "./lists";
import type { Entities, Kind, Kinds, Op } from "./model";
import type { Store } from "./store";

const Context = createContext<Store | null>(null);

export function StoreProvider({ store, children }: { store: Store; children: ReactNode }) {
  return <Context value={store}>{children}</Context>;
}

export function useStore(): Store {
  const store = useContext(Context);
  if (!store) throw new Error("there is no store here");
  return store;
}

/** Everything that the page knows, anew whenever anything of it changes. */
export function useEntities(): Entities {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, store.entities);
}

/** One object; who uses it is drawn anew when that changes, and at no other time. */
export function useEntity<K extends Kind>(kind: K, id: string | null | undefined): Kinds[K] | undefined {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => (id ? (store.entities()[kind].get(id) as Kinds[K] | undefined) : undefined));
}

/** One table, anew only when that changes. */
export function useTable<K extends Kind>(kind: K): ReadonlyMap<string, Kinds[K]> {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.entities()[kind] as ReadonlyMap<string, Kinds[K]>);
}

/** The tasks directly below one, in their order. */
export function useChildren(id: string): readonly Kinds["tasks"][] {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.indexes.byParent.get(id));
}

/** The comments on a task, the oldest first. */
export function useComments(taskId: string): readonly Kinds["comments"][] {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => commentsOn(store.entities().comments, taskId));
}

/** The person's settings; null until they are known. */
export function useSettings(): Entities["settings"] {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.entities().settings);
}

/** The zone in which the person's days begin and end. */
export function useZone(): string {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.zone);
}

/** How the person reads dates. */
export function useViewer(): Viewer {
  const now = useNow();
  const zone = useZone();
  const locale = useSettings()?.locale ?? navigator.language;
  return useMemo(() => ({ now, zone, locale }), [now, zone, locale]);
}

/** The acts that are on their way, or could not be done. */
export function useOps(): readonly Op[] {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.state.ops);
}

const unfolded: ReadonlySet<string> = new Set();

/** The tasks of a list in groups, as they are now. list must be the same object between renders. */
export function useList(list: ListOf, folded: ReadonlySet<string> = unfolded): readonly Group[] {
  const source = useSource();
  return useMemo(() => listOf(list, { ...source, folded }), [list, source, folded]);
}

export function useCounts(): Counts {
  const source = useSource();
  return useMemo(() => countsOf(source), [source]);
}

/** What lists are made of: anew when a task, project or section changes, the zone or the time. */
function useSource(): Omit<Source, "folded"> {
  const store = useStore();
  const tasks = useTable("tasks");
  const projects = useTable("projects");
  const sections = useTable("sections");
  const zone = useZone();
  const now = useNow();
  // The indexes change in place, with the tasks and the zone.
  return useMemo(() => ({ projects, sections, indexes: store.indexes, now, tasks, zone }), [tasks, projects, sections, zone, store, now]);
}
