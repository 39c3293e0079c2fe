import { useLocation, useNavigate } from "@tanstack/react-router";
import { type ReactNode, type SubmitEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { archiveProject, createSection, deleteFilter, deleteProject, deleteTag, newId, unarchiveProject, updateFilter, updateProject, updateTag } from "../../store/acts";
import { useCounts } from "../../store/hooks";
import type { Act, Kinds } from "../../store/model";
import { useAct } from "../../sync/hooks";
import type { Anchor } from "../../ui/anchor";
import { Button } from "../../ui/Button";
import { ColourDot } from "../../ui/ColourDot";
import { type Colour, colours } from "../../ui/colours";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { MoreIcon, PlusIcon, TrashIcon } from "../../ui/icons";
import { IconButton } from "../../ui/IconButton";
import { Input } from "../../ui/Input";
import { Menu, MenuChoice, MenuItem, MenuSeparator, SubMenu } from "../../ui/Menu";
import { ArchiveIcon, ArrowDownIcon, ArrowUpIcon, EditIcon, SectionIcon, StarIcon } from "../../ui/moreIcons";
import styles from "./nav.module.css";
import { AddDialog, EditDialog } from "./PlaceDialog";
import type { PlaceRef } from "./PlaceRow";
import { useOrder } from "./useOrder";

/** A menu that something else than a button of its own opens. */
export interface Beside {
  anchor: Anchor;
  open: boolean;
  onClose: () => void;
}

/** What can be done to a project. */
export function ProjectMenu({ project, beside }: { project: Kinds["projects"]; beside?: Beside }) {
  const { t } = useTranslation("lists");
  const act = useAct();
  const navigate = useNavigate();
  const count = useCounts().projects.get(project.id) ?? 0;
  const [adding, setAdding] = useState<"project" | "section" | null>(null);
  const { id, name, archivedAt } = project;
  const shown = archivedAt === null;
  const show = (next: string) => void navigate({ to: "/p/$id", params: { id: next } });
  return (
    <>
      <PlaceMenu
        place={project}
        path={`/p/${id}`}
        beside={beside}
        act={(fields) => updateProject(project, fields)}
        deletion={{ text: t("project.deleteText", { count }), act: deleteProject(id) }}
        dialog={(onClose) => <EditDialog kind="project" place={project} onClose={onClose} />}
      >
        {shown && (
          <>
            <MenuSeparator />
            <MenuItem icon={<PlusIcon />} onSelect={() => setAdding("project")}>
              {t("project.addBelow")}
            </MenuItem>
            <MenuItem icon={<SectionIcon />} onSelect={() => setAdding("section")}>
              {t("project.addSection")}
            </MenuItem>
            <OrderItems place={{ kind: "projects", id }} />
          </>
        )}
        <MenuSeparator />
        <MenuItem
          icon={<ArchiveIcon />}
          onSelect={() => (shown ? act(archiveProject(id), t("project.archiveDone", { name })) : act(unarchiveProject(id), t("project.unarchiveDone", { name })))}
        >
          {t(shown ? "project.archive" : "project.unarchive")}
        </MenuItem>
      </PlaceMenu>
      {adding === "project" && <AddDialog kind="project" within={id} onClose={() => setAdding(null)} onAdded={(made) => show(made.id)} />}
      {adding === "section" && <SectionDialog projectId={id} onClose={() => setAdding(null)} onAdded={() => show(id)} />}
    </>
  );
}

interface FilterMenuProps {
  filter: Kinds["filters"];
  /** Whether it is being edited, where something else can begin that, too. */
  edits?: PlaceMenuProps["edits"];
  beside?: Beside;
}

/** What can be done to a filter that is kept. */
export function FilterMenu({ filter, edits, beside }: FilterMenuProps) {
  const { t } = useTranslation("lists");
  return (
    <PlaceMenu
      place={filter}
      path={`/filter/${filter.id}`}
      beside={beside}
      act={(fields) => updateFilter(filter, fields)}
      deletion={{ text: t("project.deleteFilter"), act: deleteFilter(filter.id) }}
      edits={edits}
      dialog={(onClose) => <EditDialog kind="filter" place={filter} onClose={onClose} />}
    >
      <OrderItems place={{ kind: "filters", id: filter.id }} />
      <MenuSeparator />
    </PlaceMenu>
  );
}

/** What can be done to a tag. */
export function TagMenu({ tag, beside }: { tag: Kinds["tags"]; beside?: Beside }) {
  const { t } = useTranslation("lists");
  const navigate = useNavigate();
  const path = `/tag/${tag.name}`;
  const here = useIsHere(path);
  const follow = (name: string) => void (here && navigate({ to: "/tag/$name", params: { name }, replace: true }));
  return (
    <PlaceMenu
      place={tag}
      path={path}
      beside={beside}
      act={(fields) => updateTag(tag, fields)}
      deletion={{ text: t("project.deleteTag"), act: deleteTag(tag.id) }}
      dialog={(onClose) => <EditDialog kind="tag" place={tag} onClose={onClose} onRenamed={follow} />}
    >
      <MenuSeparator />
    </PlaceMenu>
  );
}

function useIsHere(path: string): boolean {
  return decodeURIComponent(useLocation().pathname) === path;
}

interface PlaceMenuProps {
  place: { name: string; colour: string; favourite: boolean };
  /** Where it is looked at. */
  path: string;
  beside: Beside | undefined;
  act: (fields: { favourite?: boolean; colour?: Colour }) => Act;
  deletion: { text: string; act: Act };
  edits?: readonly [editing: boolean, onEditing: (editing: boolean) => void] | undefined;
  dialog: (onClose: () => void) => ReactNode;
  children?: ReactNode;
}

function PlaceMenu({ place: { name, colour, favourite }, path, beside, act: update, deletion, edits, dialog, children }: PlaceMenuProps) {
  const { t } = useTranslation(["lists", "ui"]);
  const act = useAct();
  const navigate = useNavigate();
  const here = useIsHere(path);
  const own = useState(false);
  const [editing, setEditing] = edits ?? own;
  const [deleting, setDeleting] = useState(false);
  const changed = t("project.changed", { name });
  const remove = () => {
    setDeleting(false);
    act(deletion.act, t("project.deleteDone", { name }));
    if (here) void navigate({ to: "/today" });
  };
  const opened = beside
    ? { open: beside.open, anchor: beside.anchor, onOpenChange: (open: boolean) => !open && beside.onClose() }
    : {
        trigger: (
          <IconButton label={t("project.more", { name })}>
            <MoreIcon />
          </IconButton>
        ),
      };
  return (
    <>
      <Menu align={beside ? "start" : "end"} {...opened}>
        <MenuItem icon={<EditIcon />} onSelect={() => setEditing(true)}>
          {t("project.edit")}
        </MenuItem>
        <SubMenu label={t("project.colour")} icon={<span className={styles.dot}><ColourDot colour={colour} /></span>}>
          <MenuChoice<Colour>
            label={t("project.colour")}
            value={colour as Colour}
            onChange={(next) => act(update({ colour: next }), changed)}
            options={colours.map((value) => ({ value, label: t(`ui:colours.${value}`), icon: <ColourDot colour={value} /> }))}
          />
        </SubMenu>
        <MenuItem icon={<StarIcon />} onSelect={() => act(update({ favourite: !favourite }), changed)}>
          {t(favourite ? "project.unfavourite" : "project.favourite")}
        </MenuItem>
        {children}
        <MenuItem icon={<TrashIcon />} danger onSelect={() => setDeleting(true)}>
          {t("project.delete")}
        </MenuItem>
      </Menu>
      {editing && dialog(() => setEditing(false))}
      <Dialog
        open={deleting}
        onClose={() => setDeleting(false)}
        size="small"
        title={t("project.deleteTitle", { name })}
        description={deletion.text}
        actions={
          <>
            <Button onClick={() => setDeleting(false)}>{t("cancel")}</Button>
            <Button variant="danger" onClick={remove}>
              {t("project.delete")}
            </Button>
          </>
        }
      />
    </>
  );
}

/** Up and down among its like. */
function OrderItems({ place }: { place: PlaceRef }) {
  const { t } = useTranslation("lists");
  const order = useOrder();
  return (
    <>
      <MenuSeparator />
      <MenuItem icon={<ArrowUpIcon />} keys="Alt+ArrowUp" disabled={!order?.goes(place, "up")} onSelect={() => order?.step(place, "up")}>
        {t("project.up")}
      </MenuItem>
      <MenuItem icon={<ArrowDownIcon />} keys="Alt+ArrowDown" disabled={!order?.goes(place, "down")} onSelect={() => order?.step(place, "down")}>
        {t("project.down")}
      </MenuItem>
    </>
  );
}

interface SectionDialogProps {
  projectId: string;
  onClose: () => void;
  onAdded: () => void;
}

/** Makes a section. */
function SectionDialog({ projectId, onClose, onAdded }: SectionDialogProps) {
  const { t } = useTranslation("lists");
  const act = useAct();
  const form = useId();
  const [name, setName] = useState("");
  const wanted = name.trim();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (wanted === "") return;
    act(createSection(newId(), projectId, wanted), t("project.sectionAdded", { name: wanted }));
    onClose();
    onAdded();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      size="small"
      title={t("project.addSection")}
      actions={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button variant="primary" type="submit" form={form} disabled={wanted === ""}>
            {t("project.addSection")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <Field label={t("project.sectionName")}>{(control) => <Input {...control} value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />}</Field>
      </form>
    </Dialog>
  );
}
