import { Autocomplete } from "@base-ui/react/autocomplete";
import { useNavigate } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { type ReactNode, useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useEntities } from "../store/hooks";
import type { Entities } from "../store/model";
import { ColourDot } from "../ui/ColourDot";
import { Dialog } from "../ui/Dialog";
import { CompletedIcon, FilterIcon, SearchIcon, TagIcon } from "../ui/icons";
import { Kbd } from "../ui/Kbd";
import { PlayIcon } from "../ui/moreIcons";
import { type Bindings, useBindings } from "./bindings";
import type { CommandId } from "./catalogue";
import styles from "./commands.module.css";
import { best, fit, plain } from "./fuzzy";
import { runCommand, useOffered } from "./registry";
import "./texts";

type PaletteKind = "commands" | "projects" | "tags" | "filters" | "tasks";

interface Entry {
  id: string;
  words: string;
  /** The words as they are searched. */
  plain: string;
  sign: ReactNode;
  detail?: ReactNode;
  run: () => void;
}

interface Found {
  kind: PaletteKind;
  items: Entry[];
}

/** How many of each kind are shown: 50 in all. */
const limits: Record<PaletteKind, number> = { commands: 12, projects: 8, tags: 5, filters: 5, tasks: 20 };
/** While nothing is typed tasks would be a heap without order. */
const untyped: PaletteKind[] = ["commands", "projects", "filters"];

interface PaletteProps {
  open: boolean;
  onClose: () => void;
}

/** One line that finds everything and does everything. */
export function Palette({ open, onClose }: PaletteProps) {
  const { t } = useTranslation("commands");
  return (
    <Dialog open={open} onClose={onClose} title={t("palette")} bare high>
      <Finder onDone={onClose} />
    </Dialog>
  );
}

function Finder({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation("commands");
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed);
  const entries = useEntries();
  const found = useMemo(() => find(wanted, entries), [wanted, entries]);
  return (
    <Autocomplete.Root
      open
      inline
      mode="none"
      items={found}
      value={typed}
      onValueChange={setTyped}
      itemToStringValue={(entry: Entry) => entry.words}
      autoHighlight="always"
      keepHighlight
    >
      <div className={styles.search}>
        <SearchIcon />
        <Autocomplete.Input className={styles.input} placeholder={t("searchFor")} aria-label={t("palette")} maxLength={200} />
      </div>
      <Autocomplete.Empty className={styles.none}>{t("nothingFits", { text: typed })}</Autocomplete.Empty>
      <Autocomplete.List className={styles.results}>
        {({ kind, items }: Found) => (
          <Autocomplete.Group key={kind} items={items}>
            <Autocomplete.GroupLabel className={styles.kind}>{t(`kind.${kind}`)}</Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(entry: Entry) => (
                <Autocomplete.Item
                  key={entry.id}
                  value={entry}
                  className={styles.row}
                  onClick={() => {
                    onDone();
                    entry.run();
                  }}
                >
                  <span className={styles.sign}>{entry.sign}</span>
                  <span className={styles.words}>{entry.words}</span>
                  {entry.detail !== undefined && <span className={styles.detail}>{entry.detail}</span>}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

type Entries = Record<PaletteKind, readonly Entry[]>;

function find(typed: string, entries: Entries): Found[] {
  const kinds = typed.trim() === "" ? untyped : (Object.keys(limits) as PaletteKind[]);
  return kinds
    .map((kind) => ({ kind, items: best(typed, entries[kind], (entry) => entry.plain, limits[kind]) }))
    .filter(({ items }) => items.length > 0)
    .sort((one, other) => topOf(other, typed) - topOf(one, typed));
}

/** How well the best of a kind fits: the kind that has what was meant comes first. */
function topOf({ items }: Found, typed: string): number {
  return fit(plain(typed.trim()), items[0]?.plain ?? "") ?? 0;
}

/** All that can be found. Searching 10,000 tasks takes no longer than their texts are made plain once. */
function useEntries(): Entries {
  const { t } = useTranslation("commands");
  const entities = useEntities();
  const offered = useOffered();
  const bindings = useBindings();
  const navigate = useNavigate();
  return useMemo(
    () => ({
      commands: commandEntries(offered, bindings, t),
      ...entityEntries(entities, {
        project: (id) => void navigate({ to: "/p/$id", params: { id } }),
        tag: (name) => void navigate({ to: "/tag/$name", params: { name } }),
        filter: (id) => void navigate({ to: "/filter/$id", params: { id } }),
        task: (task) => void navigate({ to: ".", search: (search) => ({ ...search, task }) }),
      }),
    }),
    [offered, bindings, t, entities, navigate],
  );
}

function entryOf(id: string, words: string, sign: ReactNode, run: () => void, detail?: ReactNode): Entry {
  return { id, words, plain: plain(words), sign, run, ...(detail !== undefined && { detail }) };
}

function commandEntries(offered: readonly CommandId[], bindings: Bindings, t: TFunction<"commands">): Entry[] {
  return offered
    .filter((id) => id !== "palette")
    .map((id) => {
      const keys = bindings.get(id);
      return entryOf(id, t(id), <PlayIcon />, () => void runCommand(id), keys === undefined ? undefined : <Kbd keys={keys} />);
    });
}

type Open = Record<"project" | "tag" | "filter" | "task", (id: string) => void>;

function entityEntries({ projects, tags, filters, tasks }: Entities, open: Open): Omit<Entries, "commands"> {
  return {
    projects: [...projects.values()]
      .filter(({ archivedAt }) => archivedAt === null)
      .map(({ id, name, colour }) => entryOf(id, name, <ColourDot colour={colour} />, () => open.project(id))),
    tags: [...tags.values()].map(({ id, name }) => entryOf(id, name, <TagIcon />, () => open.tag(name))),
    filters: [...filters.values()].map(({ id, name }) => entryOf(id, name, <FilterIcon />, () => open.filter(id))),
    tasks: [...tasks.values()].map(({ id, title, projectId }) =>
      entryOf(id, title, <CompletedIcon />, () => open.task(id), projectId === null ? undefined : projects.get(projectId)?.name),
    ),
  };
}
