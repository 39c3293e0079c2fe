import { createContext, useContext, useSyncExternalStore } from "react";
import type { ListActions } from "./actions";
import type { AllWords } from "../useWords";
import type { ListModel, ListState } from "./model";

/** What the rows of a list know of it. */
export interface ListContext {
  model: ListModel;
  does: ListActions;
  /** One for all rows: asking for them costs much in each. */
  words: AllWords;
  /** Whether people put the tasks into order, or the dates do. */
  manual: boolean;
  /** Whether the tasks are of several projects, so that each names its own. */
  namesProjects: boolean;
}

const Context = createContext<ListContext | null>(null);

export const ListProvider = Context.Provider;

export function useListContext(): ListContext {
  const context = useContext(Context);
  if (!context) throw new Error("there is no list here");
  return context;
}

/** A part of the state of the list; who uses it is drawn anew when that part changes. */
export function useListState<Part>(select: (state: ListState) => Part): Part {
  const { model } = useListContext();
  return useSyncExternalStore(model.subscribe, () => select(model.get()));
}
