import type { Kinds } from "../../store/model";
import { byPosition } from "../../store/order";

type Project = Kinds["projects"];

export interface Branch {
  project: Project;
  below: readonly Branch[];
}

/** Projects with those below them, in their order and without the archived. One whose parent is not here stands at the top. */
export function treeOf(projects: ReadonlyMap<string, Project>): readonly Branch[] {
  const shown = [...projects.values()].filter(({ archivedAt }) => archivedAt === null).sort(byPosition);
  const ids = new Set(shown.map(({ id }) => id));
  const parentOf = ({ parentId }: Project) => (parentId !== null && ids.has(parentId) ? parentId : null);
  const below = (id: string | null): readonly Branch[] =>
    shown.filter((project) => parentOf(project) === id).map((project) => ({ project, below: below(project.id) }));
  return below(null);
}

/** Those that somebody wants at hand, by their names. */
export function favouritesOf<Thing extends { favourite: boolean; name: string }>(things: Iterable<Thing>): readonly Thing[] {
  return [...things].filter(({ favourite }) => favourite).sort((one, other) => one.name.localeCompare(other.name));
}
