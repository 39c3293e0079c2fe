import { hiddenProjects } from "../../../store/lists";
import type { Entities, Kinds } from "../../../store/model";
import { byPosition } from "../../../store/order";

/** A project, or a section of one, in the order of the tree. */
export interface Branch {
  projectId: string;
  sectionId: string | null;
  name: string;
  /** The names above it, the outermost first. */
  above: readonly string[];
  colour: string;
}

/** The projects that are not hidden, each with its sections and then with those below it. */
export function projectTree({ projects, sections }: Pick<Entities, "projects" | "sections">): Branch[] {
  const hidden = hiddenProjects(projects);
  const shown = [...projects.values()].filter(({ id }) => !hidden.has(id)).sort(byPosition);
  const ordered = [...sections.values()].sort(byPosition);
  const walk = (parentId: string | null, above: readonly string[]): Branch[] =>
    shown.filter((project) => project.parentId === parentId).flatMap((project) => [...ownBranches(project, ordered, above), ...walk(project.id, [...above, project.name])]);
  return walk(null, []);
}

function ownBranches({ id, name, colour }: Kinds["projects"], sections: readonly Kinds["sections"][], above: readonly string[]): Branch[] {
  const own = sections.filter(({ projectId }) => projectId === id);
  return [
    { projectId: id, sectionId: null, name, above, colour },
    ...own.map((section) => ({ projectId: id, sectionId: section.id, name: section.name, above: [...above, name], colour })),
  ];
}
