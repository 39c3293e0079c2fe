import { useTranslation } from "react-i18next";
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
        <NavLink to={{ to: "/p/$id", params: { id: project.id } }} sign={<ColourDot colour={project.colour} />} words={project.name} count={counts.get(project.id)} />
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
