import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Kinds } from "../../store/model";
import { ColourDot } from "../../ui/ColourDot";
import { cx } from "../../ui/cx";
import { ChevronIcon } from "../../ui/icons";
import styles from "./nav.module.css";
import { NavLink } from "./NavLink";
import { useFolded } from "./NavSection";
import { PlaceRow } from "./PlaceRow";
import type { Branch } from "./tree";
import { useDrops } from "./useDrops";
import { useProjectDrag } from "./useProjectDrag";

interface ProjectTreeProps {
  tree: readonly Branch[];
  counts: ReadonlyMap<string, number>;
}

export function ProjectTree({ tree, counts }: ProjectTreeProps) {
  return (
    <ul>
      {tree.map((branch) => (
        <ProjectBranch key={branch.project.id} branch={branch} counts={counts} />
      ))}
    </ul>
  );
}

function ProjectBranch({ branch: { project, below }, counts }: { branch: Branch; counts: ReadonlyMap<string, number> }) {
  const { t } = useTranslation("nav");
  const [folded, fold] = useFolded(project.id);
  const { ref, dragging, zone } = useProjectDrag(project.id);
  return (
    <li>
      <div ref={ref} className={cx(styles.branch, dragging && styles.dragging)} data-zone={zone ?? undefined}>
        <ProjectPlace project={project} count={counts.get(project.id)} />
        {below.length > 0 && (
          <button
            type="button"
            className={styles.unfold}
            aria-expanded={!folded}
            aria-label={t("subprojects", { name: project.name })}
            onClick={() => fold(!folded)}
          >
            <ChevronIcon />
          </button>
        )}
      </div>
      {below.length > 0 && !folded && (
        <div className={styles.below}>
          <ProjectTree tree={below} counts={counts} />
        </div>
      )}
    </li>
  );
}

/** It is drawn anew when the project changes or its count, which is seldom: counts change with every task. */
export const ProjectPlace = memo(function ProjectPlace({ project: { id, name, colour }, count }: { project: Kinds["projects"]; count: number | undefined }) {
  const drops = useDrops();
  return (
    <PlaceRow place={{ kind: "projects", id, name }} onDrop={drops.onProject(id, name)}>
      <NavLink to={{ to: "/p/$id", params: { id } }} sign={<ColourDot colour={colour} />} words={name} count={count} draggable={false} />
    </PlaceRow>
  );
});
