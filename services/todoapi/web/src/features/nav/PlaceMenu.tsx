import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { archiveProject, deleteFilter, deleteProject, deleteTag, unarchiveProject, updateFilter, updateProject, updateTag } from "../../store/acts";
import { useCounts } from "../../store/hooks";
import type { Act, Kinds } from "../../store/model";
import { useAct } from "../../sync/hooks";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { MoreIcon, TrashIcon } from "../../ui/icons";
import { IconButton } from "../../ui/IconButton";
import { Menu, MenuItem, MenuSeparator } from "../../ui/Menu";
import { ArchiveIcon, EditIcon, StarIcon } from "../../ui/moreIcons";
import { EditDialog } from "./PlaceDialog";

interface ProjectMenuProps {
  project: Kinds["projects"];
  /** The project is not there any more. */
  onGone: () => void;
}

/** What can be done to a project. */
export function ProjectMenu({ project, onGone }: ProjectMenuProps) {
  const { t } = useTranslation("lists");
  const act = useAct();
  const count = useCounts().projects.get(project.id) ?? 0;
  const { id, name, archivedAt } = project;
  return (
    <PlaceMenu
      place={project}
      act={(fields) => updateProject(project, fields)}
      deletion={{ text: t("project.deleteText", { count }), act: deleteProject(id), onGone }}
      dialog={(onClose) => <EditDialog kind="project" place={project} onClose={onClose} />}
    >
      {archivedAt === null ? (
        <MenuItem icon={<ArchiveIcon />} onSelect={() => act(archiveProject(id), t("project.archiveDone", { name }))}>
          {t("project.archive")}
        </MenuItem>
      ) : (
        <MenuItem icon={<ArchiveIcon />} onSelect={() => act(unarchiveProject(id), t("project.unarchiveDone", { name }))}>
          {t("project.unarchive")}
        </MenuItem>
      )}
    </PlaceMenu>
  );
}

interface FilterMenuProps {
  filter: Kinds["filters"];
  editing: boolean;
  onEditing: (editing: boolean) => void;
  onGone: () => void;
}

/** What can be done to a filter that is kept. */
export function FilterMenu({ filter, editing, onEditing, onGone }: FilterMenuProps) {
  const { t } = useTranslation("lists");
  return (
    <PlaceMenu
      place={filter}
      act={(fields) => updateFilter(filter, fields)}
      deletion={{ text: t("project.deleteFilter"), act: deleteFilter(filter.id), onGone }}
      edits={[editing, onEditing]}
      dialog={(onClose) => <EditDialog kind="filter" place={filter} onClose={onClose} />}
    />
  );
}

interface TagMenuProps {
  tag: Kinds["tags"];
  onRenamed: (name: string) => void;
  onGone: () => void;
}

/** What can be done to a tag. */
export function TagMenu({ tag, onRenamed, onGone }: TagMenuProps) {
  const { t } = useTranslation("lists");
  return (
    <PlaceMenu
      place={tag}
      act={(fields) => updateTag(tag, fields)}
      deletion={{ text: t("project.deleteTag"), act: deleteTag(tag.id), onGone }}
      dialog={(onClose) => <EditDialog kind="tag" place={tag} onClose={onClose} onRenamed={onRenamed} />}
    />
  );
}

interface PlaceMenuProps {
  place: { name: string; favourite: boolean };
  act: (fields: { favourite: boolean }) => Act;
  deletion: { text: string; act: Act; onGone: () => void };
  /** Whether it is being edited, where something else can begin that, too. */
  edits?: readonly [editing: boolean, onEditing: (editing: boolean) => void];
  dialog: (onClose: () => void) => ReactNode;
  children?: ReactNode;
}

function PlaceMenu({ place: { name, favourite }, act: update, deletion, edits, dialog, children }: PlaceMenuProps) {
  const { t } = useTranslation("lists");
  const act = useAct();
  const own = useState(false);
  const [editing, setEditing] = edits ?? own;
  const [deleting, setDeleting] = useState(false);
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label={t("project.more", { name })}>
            <MoreIcon />
          </IconButton>
        }
      >
        <MenuItem icon={<EditIcon />} onSelect={() => setEditing(true)}>
          {t("project.edit")}
        </MenuItem>
        <MenuItem icon={<StarIcon />} onSelect={() => act(update({ favourite: !favourite }), t("project.changed", { name }))}>
          {t(favourite ? "project.unfavourite" : "project.favourite")}
        </MenuItem>
        {children}
        <MenuSeparator />
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
            <Button
              variant="danger"
              onClick={() => {
                setDeleting(false);
                act(deletion.act, t("project.deleteDone", { name }));
                deletion.onGone();
              }}
            >
              {t("project.delete")}
            </Button>
          </>
        }
      />
    </>
  );
}
