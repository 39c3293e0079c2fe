import { type ReactNode, useMemo } from "react";
import { runCommand } from "../../commands/registry";
import { useCounts, useList, useTable } from "../../store/hooks";
import { byPosition } from "../../store/order";
import { useLoaded } from "../../sync/hooks";
import { lazily } from "../../ui/lazily";
import { type Addable, Sidebar } from "./Sidebar";
import { treeOf } from "./tree";
import { usePlaceMenu } from "./usePlaceMenu";

const AskedMenu = lazily(() => import("./AskedMenu").then((module) => module.AskedMenu));

interface NavProps {
  onAdd: (kind: Addable) => void;
  head: ReactNode;
  foot?: ReactNode;
}

const todayList = { kind: "today" } as const;

/** The sidebar with what the person has. */
export function Nav({ onAdd, head, foot }: NavProps) {
  const counts = useCounts();
  const today = useList(todayList).reduce((sum, { rows }) => sum + rows.length, 0);
  const projects = useTable("projects");
  const filters = useTable("filters");
  const tags = useTable("tags");
  const tree = useMemo(() => treeOf(projects), [projects]);
  const shown = useMemo(() => [...projects.values()].filter(({ archivedAt }) => archivedAt === null), [projects]);
  const inOrder = useMemo(() => [...filters.values()].sort(byPosition), [filters]);
  const byName = useMemo(() => [...tags.values()].sort((one, other) => one.name.localeCompare(other.name)), [tags]);
  const menu = usePlaceMenu();
  return (
    <>
      <Sidebar
        known={useLoaded()}
        counts={counts}
        today={today}
        tree={tree}
        projects={shown}
        filters={inOrder}
        tags={byName}
        onAdd={onAdd}
        onAddTask={() => runCommand("addTask")}
        root={menu.root}
        head={head}
        foot={foot}
      />
      {menu.asked && <AskedMenu key={menu.asked.place.id} asked={menu.asked} onClose={menu.close} />}
    </>
  );
}
