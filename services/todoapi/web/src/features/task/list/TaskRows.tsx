import { defaultRangeExtractor, type Range, useWindowVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useStore } from "../../../store/hooks";
import { TaskRow } from "../row/TaskRow";
import { useEdit } from "../useEdit";
import { useWords } from "../useWords";
import { ListActions } from "./actions";
import { AddLine } from "./AddLine";
import { type ListContext, ListProvider } from "./context";
import { fitting } from "./moves";
import { GroupHeading } from "./GroupHeading";
import { headingKey, idsOf, type Item, itemsOf, type TaskGroup, withLeaving } from "./items";
import { pressed } from "./keys";
import type { ListModel } from "./model";
import styles from "./TaskList.module.css";
import { useListCommands } from "./useListCommands";
import { lazily } from "../../../ui/lazily";

const SelectionBar = lazily(() => import("./SelectionBar").then((module) => module.SelectionBar));
const ListPickers = lazily(() => import("./ListPickers").then((module) => module.ListPickers));

interface TaskRowsProps {
  /** What the list is of, in words. */
  label: string;
  groups: readonly TaskGroup[];
  model: ListModel;
  manual?: boolean;
  namesProjects?: boolean;
  /** What stands in place of the rows when there are none. */
  empty?: ReactNode;
  onOpen: (id: string) => void;
}

/** Heights before they are measured, in pixels. */
const estimates = { heading: 56, row: 44, add: 48 };

/** Tasks in groups, of which only those near the screen are drawn. */
export function TaskRows({ label, groups: given, model, manual = false, namesProjects = false, empty, onOpen }: TaskRowsProps) {
  const store = useStore();
  const edit = useEdit();
  const words = useWords();
  const { t } = words;
  const { choice, folded, leaving, drop, asked } = useSyncExternalStore(model.subscribe, model.get);
  const groups = useLingering(given, leaving);
  const items = useMemo(() => itemsOf(groups, folded), [groups, folded]);
  const around = useMemo(() => ({ store, edit, t, onOpen }), [store, edit, t, onOpen]);
  const [does] = useState(() => new ListActions(model, around));
  const context = useMemo<ListContext>(() => ({ model, does, words, manual, namesProjects }), [model, does, words, manual, namesProjects]);
  const root = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    does.follow(around, groups);
    model.follow(idsOf(items));
  }, [does, around, groups, model, items]);

  useListCommands(does);
  const virtual = useVirtualRows(items, model, root);

  const press = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]")) return;
    if (pressed(event, does, model, getComputedStyle(event.currentTarget).direction === "ltr")) event.preventDefault();
  };

  const nobodyHere = empty !== undefined && groups.every(({ rows }) => rows.length === 0);
  return (
    <ListProvider value={context}>
      <div
        ref={root}
        className={styles.list}
        data-settling={leaving.size > 0 || undefined}
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={press}
        aria-label={label}
        role="group"
      >
        {sectionsOf(virtual.getVirtualItems(), items).map(({ group: at, lines }) => {
          const group = groups[at];
          if (!group) return null;
          const rows = lines.filter(({ item }) => item.kind === "row");
          return (
            <section key={group.key} aria-label={group.title ?? label}>
              {lines.map((line) =>
                line.item.kind === "row" ? null : (
                  <div key={line.key} ref={virtual.measureElement} data-index={line.index} className={styles.line} style={topOf(line, virtual.options.scrollMargin)}>
                    {line.item.kind === "heading" ? <GroupHeading group={group} folded={folded.has(headingKey(group.key))} /> : <AddLine group={group} />}
                  </div>
                ),
              )}
              {rows.length > 0 && (
                <div role="list" aria-label={group.title ?? label}>
                  {rows.map((line) => line.item.kind === "row" && (
                    <div
                      key={line.key}
                      ref={virtual.measureElement}
                      data-index={line.index}
                      role="listitem"
                      aria-posinset={line.item.place}
                      aria-setsize={line.item.size}
                      aria-level={line.item.row.depth + 1}
                      className={styles.line}
                      style={topOf(line, virtual.options.scrollMargin)}
                    >
                      <TaskRow id={line.item.key} group={group.key} at={line.item.place - 1} depth={line.item.row.depth} children={line.item.row.children} underDay={group.place?.day} />
                      {drop?.group === group.key && <DropLine drop={drop.gap} at={line.item.place - 1} rows={group.rows} />}
                    </div>
                  ))}
                </div>
              )}
            </section>
          );
        })}
      </div>
      {nobodyHere && empty}
      {choice.chosen.size > 0 && <SelectionBar />}
      {asked && <ListPickers />}
    </ListProvider>
  );
}

/** Where what is dragged would go, drawn by the row below the gap, or by the last one. */
function DropLine({ drop, at, rows }: { drop: { at: number; depth: number }; at: number; rows: TaskGroup["rows"] }) {
  const last = drop.at === rows.length && at === rows.length - 1;
  if (drop.at !== at && !last) return null;
  return <div className={styles.drop} data-after={last || undefined} style={{ "--depth": fitting(rows, drop).depth } as CSSProperties} />;
}

interface Line extends Pick<VirtualItem, "key" | "index" | "start"> {
  item: Item;
}

/** What is on the screen, by its groups. */
function sectionsOf(shown: readonly VirtualItem[], items: readonly Item[]): { group: number; lines: Line[] }[] {
  const sections: { group: number; lines: Line[] }[] = [];
  for (const { key, index, start } of shown) {
    const item = items[index];
    if (!item) continue;
    const last = sections.at(-1);
    const line = { key, index, start, item };
    if (last?.group === item.group) last.lines.push(line);
    else sections.push({ group: item.group, lines: [line] });
  }
  return sections;
}

function topOf({ start }: Line, margin: number) {
  return { transform: `translateY(${start - margin}px)` };
}

/** The lines near the screen, and always that of the cursor: what has the focus must not go from under it. */
function useVirtualRows(items: readonly Item[], model: ListModel, root: React.RefObject<HTMLElement | null>) {
  const [scrollMargin, setMargin] = useState(0);
  const cursor = useSyncExternalStore(model.subscribe, () => model.get().choice.cursor);
  const at = useMemo(() => indexOf(items, cursor), [items, cursor]);

  // What stands above the list may grow or go.
  useLayoutEffect(() => {
    const measure = () => setMargin(root.current ? Math.round(root.current.getBoundingClientRect().top + window.scrollY) : 0);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [root]);

  const virtual = useWindowVirtualizer<HTMLDivElement>({
    count: items.length,
    estimateSize: (index) => estimates[items[index]?.kind ?? "row"],
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 8,
    scrollMargin,
    scrollPaddingStart: 96,
    scrollPaddingEnd: 112,
    rangeExtractor: useCallback((range: Range) => withIndex(defaultRangeExtractor(range), at), [at]),
  });

  useEffect(() => {
    if (at !== undefined && model.takeView()) virtual.scrollToIndex(at, { align: "auto" });
  }, [at, model, virtual]);

  return virtual;
}

function indexOf(items: readonly Item[], cursor: string | null): number | undefined {
  const at = cursor === null ? -1 : items.findIndex(({ key }) => key === cursor);
  return at === -1 ? undefined : at;
}

function withIndex(shown: number[], at: number | undefined): number[] {
  return at === undefined || shown.includes(at) ? shown : [...shown, at].sort((a, b) => a - b);
}

/** The groups with the tasks that have been completed just now still where they were. */
function useLingering(now: readonly TaskGroup[], leaving: ReadonlySet<string>): readonly TaskGroup[] {
  const [last, setLast] = useState({ now, leaving, shown: now });
  if (last.now === now && last.leaving === leaving) return last.shown;
  const shown = withLeaving(last.shown, now, leaving);
  setLast({ now, leaving, shown });
  return shown;
}
