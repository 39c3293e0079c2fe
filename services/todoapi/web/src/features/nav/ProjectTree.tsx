import { useTranslation } from "react-i18next";
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
  const drops = useDrops();
  return (
    <li>
      <div ref={ref} className={cx(styles.branch, dragging && styles.dragging)} data-zone={zone ?? undefined}>
        <PlaceRow place={{ kind: "projects", id: project.id, name: project.name }} onDrop={drops.onProject(project.id, project.name)}>
          <NavLink
            to={{ to: "/p/$id", params: { id: project.id } }}
            sign={<ColourDot colour={project.colour} />}
            words={project.name}
            count={counts.get(project.id)}
            draggable={false}
          />
        </PlaceRow>
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
