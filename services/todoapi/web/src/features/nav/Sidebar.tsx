import type { ComponentProps, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Counts } from "../../store/lists";
import type { Kinds } from "../../store/model";
import { ColourDot } from "../../ui/ColourDot";
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
import { ProjectTree } from "./ProjectTree";
import { type Branch, favouritesOf } from "./tree";
import { useDrops } from "./useDrops";

export type Addable = "project" | "filter" | "tag";

export interface SidebarProps {
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
export function Sidebar({ counts, today, tree, projects, filters, tags, onAdd, onAddTask, root, head, foot }: SidebarProps) {
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
            <NavLink to={{ to: "/search" }} sign={<SearchIcon />} words={t("search")} />
          </li>
          <li>
            <PlaceRow onDrop={drops.onProject(null, t("inbox"))}>
              <NavLink to={{ to: "/inbox" }} sign={<InboxIcon />} words={t("inbox")} count={counts.inbox} />
            </PlaceRow>
          </li>
          <li>
            <PlaceRow onDrop={drops.onToday}>
              <NavLink to={{ to: "/today" }} sign={<TodayIcon />} words={t("today")} count={today} />
            </PlaceRow>
          </li>
          <li>
            <NavLink to={{ to: "/upcoming" }} sign={<UpcomingIcon />} words={t("upcoming")} />
          </li>
        </ul>
        <Favourites counts={counts} projects={projects} filters={filters} tags={tags} />
        <NavSection id="projects" title={t("projects")} add={{ label: t("addProject"), run: () => onAdd("project") }}>
          {tree.length === 0 ? <p className={styles.hint}>{t("noProjects")}</p> : <ProjectTree tree={tree} counts={counts.projects} />}
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
              <TagPlace key={tag.id} tag={tag} counts={counts} />
            ))}
          </ul>
        </NavSection>
        <NavSection id="more" title={t("more")} foldedAtFirst>
          <ul>
            <li>
              <NavLink to={{ to: "/dashboard" }} sign={<DashboardIcon />} words={t("dashboard")} />
            </li>
            <li>
              <NavLink to={{ to: "/completed" }} sign={<CompletedIcon />} words={t("completed")} />
            </li>
            <li>
              <NavLink to={{ to: "/activity" }} sign={<ActivityIcon />} words={t("activity")} />
            </li>
            <li>
              <NavLink to={{ to: "/trash" }} sign={<TrashIcon />} words={t("trash")} />
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
  const drops = useDrops();
  const [ofProjects, ofFilters, ofTags] = [favouritesOf(projects), favouritesOf(filters), favouritesOf(tags)];
  if (ofProjects.length + ofFilters.length + ofTags.length === 0) return null;
  return (
    <NavSection id="favourites" title={t("favourites")}>
      <ul>
        {ofProjects.map(({ id, name, colour }) => (
          <li key={id}>
            <PlaceRow place={{ kind: "projects", id, name }} onDrop={drops.onProject(id, name)}>
              <NavLink to={{ to: "/p/$id", params: { id } }} sign={<ColourDot colour={colour} />} words={name} count={counts.projects.get(id)} />
            </PlaceRow>
          </li>
        ))}
        {ofFilters.map((filter) => (
          <FilterPlace key={filter.id} filter={filter} />
        ))}
        {ofTags.map((tag) => (
          <TagPlace key={tag.id} tag={tag} counts={counts} />
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

function TagPlace({ tag: { id, name, colour }, counts }: { tag: Kinds["tags"]; counts: Counts }) {
  const drops = useDrops();
  return (
    <li>
      <PlaceRow place={{ kind: "tags", id, name }} onDrop={drops.onTag(name)}>
        <NavLink to={{ to: "/tag/$name", params: { name } }} sign={<Tinted colour={colour}><TagIcon /></Tinted>} words={name} count={counts.tags.get(name)} />
      </PlaceRow>
    </li>
  );
}

/** An icon in the colour that somebody chose. */
function Tinted({ colour, children }: { colour: string; children: ReactNode }) {
  return (
    <span className={styles.tinted} style={{ color: `var(--colour-${colour}, var(--colour-grey))` }}>
      {children}
    </span>
  );
}
