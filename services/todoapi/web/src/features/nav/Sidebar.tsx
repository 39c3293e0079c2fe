import { type ComponentProps, type ComponentType, memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Counts } from "../../store/lists";
import type { Kinds } from "../../store/model";
import {
  ActivityIcon,
  CompletedIcon,
  DashboardIcon,
  FilterIcon,
  InboxIcon,
  PlusIcon,
  SearchIcon,
  TagIcon,
  TodayIcon,
  TrashIcon,
  UpcomingIcon,
} from "../../ui/icons";
import styles from "./nav.module.css";
import { NavLink } from "./NavLink";
import { NavSection } from "./NavSection";
import { PlaceRow } from "./PlaceRow";
import { ProjectPlace, ProjectTree } from "./ProjectTree";
import { type Branch, favouritesOf } from "./tree";
import { useDrops } from "./useDrops";

export type Addable = "project" | "filter" | "tag";

export interface SidebarProps {
  /** Whether it is known yet what the person has. */
  known: boolean;
  counts: Counts;
  /** How many tasks there are to do today, late ones among them. */
  today: number;
  tree: readonly Branch[];
  projects: readonly Kinds["projects"][];
  filters: readonly Kinds["filters"][];
  tags: readonly Kinds["tags"][];
  onAdd: (kind: Addable) => void;
  onAddTask: () => void;
  /** What the sidebar listens to as a whole. */
  root: ComponentProps<"nav">;
  /** What stands above all else: whose page it is. */
  head: ReactNode;
  /** What stands at the foot: how the page is connected, if that is worth a word. */
  foot?: ReactNode;
}

/** The places of the page. */
export function Sidebar({ known, counts, today, tree, projects, filters, tags, onAdd, onAddTask, root, head, foot }: SidebarProps) {
  const { t } = useTranslation("nav");
  const drops = useDrops();
  return (
    <nav className={styles.sidebar} aria-label={t("main")} {...root}>
      <div className={styles.head}>{head}</div>
      <div className={styles.places}>
        <button type="button" className={styles.addTask} onClick={onAddTask}>
          <span className={styles.addSign}>
            <PlusIcon />
          </span>
          {t("addTask")}
        </button>
        <ul>
          <li>
            <Place to="/search" sign={SearchIcon} words={t("search")} />
          </li>
          <li>
            <PlaceRow onDrop={drops.onProject(null, t("inbox"))}>
              <Place to="/inbox" sign={InboxIcon} words={t("inbox")} count={counts.inbox} />
            </PlaceRow>
          </li>
          <li>
            <PlaceRow onDrop={drops.onToday}>
              <Place to="/today" sign={TodayIcon} words={t("today")} count={today} />
            </PlaceRow>
          </li>
          <li>
            <Place to="/upcoming" sign={UpcomingIcon} words={t("upcoming")} />
          </li>
        </ul>
        <Favourites counts={counts} projects={projects} filters={filters} tags={tags} />
        <NavSection id="projects" title={t("projects")} add={{ label: t("addProject"), run: () => onAdd("project") }}>
          {known && tree.length === 0 ? <p className={styles.hint}>{t("noProjects")}</p> : <ProjectTree tree={tree} counts={counts.projects} />}
        </NavSection>
        <NavSection id="filters" title={t("filters")} add={{ label: t("addFilter"), run: () => onAdd("filter") }}>
          <ul>
            {filters.map((filter) => (
              <FilterPlace key={filter.id} filter={filter} />
            ))}
          </ul>
        </NavSection>
        <NavSection id="tags" title={t("tags")} add={{ label: t("addTag"), run: () => onAdd("tag") }}>
          <ul>
            {tags.map((tag) => (
              <TagPlace key={tag.id} tag={tag} count={counts.tags.get(tag.name)} />
            ))}
          </ul>
        </NavSection>
        <NavSection id="more" title={t("more")} foldedAtFirst>
          <ul>
            <li>
              <Place to="/dashboard" sign={DashboardIcon} words={t("dashboard")} />
            </li>
            <li>
              <Place to="/completed" sign={CompletedIcon} words={t("completed")} />
            </li>
            <li>
              <Place to="/activity" sign={ActivityIcon} words={t("activity")} />
            </li>
            <li>
              <Place to="/trash" sign={TrashIcon} words={t("trash")} />
            </li>
          </ul>
        </NavSection>
      </div>
      {foot !== undefined && <div className={styles.foot}>{foot}</div>}
    </nav>
  );
}

function Favourites({ counts, projects, filters, tags }: Pick<SidebarProps, "counts" | "projects" | "filters" | "tags">) {
  const { t } = useTranslation("nav");
  const [ofProjects, ofFilters, ofTags] = [favouritesOf(projects), favouritesOf(filters), favouritesOf(tags)];
  if (ofProjects.length + ofFilters.length + ofTags.length === 0) return null;
  return (
    <NavSection id="favourites" title={t("favourites")}>
      <ul>
        {ofProjects.map((project) => (
          <li key={project.id}>
            <ProjectPlace project={project} count={counts.projects.get(project.id)} />
          </li>
        ))}
        {ofFilters.map((filter) => (
          <FilterPlace key={filter.id} filter={filter} />
        ))}
        {ofTags.map((tag) => (
          <TagPlace key={tag.id} tag={tag} count={counts.tags.get(tag.name)} />
        ))}
      </ul>
    </NavSection>
  );
}

function FilterPlace({ filter: { id, name, colour } }: { filter: Kinds["filters"] }) {
  return (
    <li>
      <PlaceRow place={{ kind: "filters", id, name }}>
        <NavLink to={{ to: "/filter/$id", params: { id } }} sign={<Tinted colour={colour}><FilterIcon /></Tinted>} words={name} />
      </PlaceRow>
    </li>
  );
}

interface PlaceProps {
  to: "/search" | "/inbox" | "/today" | "/upcoming" | "/dashboard" | "/completed" | "/activity" | "/trash";
  sign: ComponentType;
  words: string;
  count?: number;
}

// Counts change with every task: what stands for another place is not drawn anew.
const Place = memo(function Place({ to, sign: Sign, ...rest }: PlaceProps) {
  return <NavLink to={{ to }} sign={<Sign />} {...rest} />;
});

const TagPlace = memo(function TagPlace({ tag: { id, name, colour }, count }: { tag: Kinds["tags"]; count: number | undefined }) {
  const drops = useDrops();
  return (
    <li>
      <PlaceRow place={{ kind: "tags", id, name }} onDrop={drops.onTag(name)}>
        <NavLink to={{ to: "/tag/$name", params: { name } }} sign={<Tinted colour={colour}><TagIcon /></Tinted>} words={name} count={count} />
      </PlaceRow>
    </li>
  );
});

/** An icon in the colour that somebody chose. */
function Tinted({ colour, children }: { colour: string; children: ReactNode }) {
  return (
    <span className={styles.tinted} style={{ color: `var(--colour-${colour}, var(--colour-grey))` }}>
      {children}
    </span>
  );
}
