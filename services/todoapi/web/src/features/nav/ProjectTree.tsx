import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Kinds } from "../../store/model";
import { ColourDot } from "../../ui/ColourDot";
import { ChevronIcon } from "../../ui/icons";
import styles from "./nav.module.css";
import { NavLink } from "./NavLink";
import { useFolded } from "./NavSection";
import type { Branch } from "./tree";

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
  return (
    <li>
      <div className={styles.branch}>
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
  return <NavLink to={{ to: "/p/$id", params: { id } }} sign={<ColourDot colour={colour} />} words={name} count={count} />;
});
