import { type SubmitEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, client } from "../../api/http";
import { operations } from "../../api/operations";
import {
  createFilter,
  createProject,
  createTag,
  many,
  moveProject,
  newId,
  updateFilter,
  updateProject,
  updateTag,
} from "../../store/acts";
import { useTable } from "../../store/hooks";
import type { Act, Entities, Kinds } from "../../store/model";
import { useAct } from "../../sync/hooks";
import { Button } from "../../ui/Button";
import { ColourDot } from "../../ui/ColourDot";
import { type Colour, colours } from "../../ui/colours";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { Input } from "../../ui/Input";
import { Select } from "../../ui/Select";
import { Switch } from "../../ui/Switch";
import styles from "./nav.module.css";
import type { Addable } from "./Sidebar";

/** What a project, a filter or a tag has that people choose. */
interface Place {
  name: string;
  colour: Colour;
  favourite: boolean;
  /** Of a filter. */
  query: string;
  /** Of a project: "" is none. */
  parentId: string;
}

const blank: Place = { name: "", colour: "grey", favourite: false, query: "", parentId: "" };

const titles = { project: "addProject", filter: "addFilter", tag: "addTag" } as const;
const dones = { project: "projectAdded", filter: "filterAdded", tag: "tagAdded" } as const;

interface AddDialogProps {
  kind: Addable;
  /** Of a project: the one that it is made in. */
  within?: string;
  onClose: () => void;
  onAdded: (made: { kind: Addable; id: string; name: string }) => void;
}

/** Makes a project, a filter or a tag. */
export function AddDialog({ kind, within = "", onClose, onAdded }: AddDialogProps) {
  const { t } = useTranslation("nav");
  const act = useAct();
  const add = (place: Place) => {
    const id = newId();
    act(creation(kind, id, place), t(dones[kind]));
    onClose();
    onAdded({ kind, id, name: place.name });
  };
  return <PlaceDialog title={t(titles[kind])} kind={kind} from={{ ...blank, parentId: within }} saves={t("add")} onClose={onClose} onSave={add} />;
}

function creation(kind: Addable, id: string, { name, colour, favourite, query, parentId }: Place): Act {
  switch (kind) {
    case "project":
      return createProject(id, { name, colour, favourite, ...(parentId !== "" && { parentId }) });
    case "filter":
      return createFilter(id, { name, colour, favourite, query });
    case "tag":
      return createTag(id, { name, colour, favourite });
  }
}

type Edited =
  | { kind: "project"; place: Kinds["projects"] }
  | { kind: "filter"; place: Kinds["filters"] }
  | { kind: "tag"; place: Kinds["tags"] };

type EditDialogProps = Edited & {
  onClose: () => void;
  onRenamed?: (name: string) => void;
};

/** Changes a project, a filter or a tag. */
export function EditDialog({ onClose, onRenamed, ...edited }: EditDialogProps) {
  const { t } = useTranslation(["nav", "lists"]);
  const act = useAct();
  const { kind, place } = edited;
  const save = (next: Place) => {
    onClose();
    act(change(edited, next), t("lists:project.changed", { name: next.name }));
    if (next.name !== place.name) onRenamed?.(next.name);
  };
  const from: Place = {
    ...blank,
    name: place.name,
    colour: place.colour as Colour,
    favourite: place.favourite,
    ...("query" in place && { query: place.query }),
    ...("parentId" in place && { parentId: place.parentId ?? "" }),
  };
  return <PlaceDialog title={t("lists:project.edit")} kind={kind} own={place.id} from={from} saves={t("save")} onClose={onClose} onSave={save} />;
}

function change({ kind, place }: Edited, { name, colour, favourite, query, parentId }: Place): Act {
  const fields = { name, colour, favourite };
  switch (kind) {
    case "project": {
      const parent = parentId === "" ? null : parentId;
      const renamed = updateProject(place, fields);
      return parent === place.parentId ? renamed : many([renamed, moveProject(place.id, { parentId: parent })]);
    }
    case "filter":
      return updateFilter(place, { ...fields, query });
    case "tag":
      return updateTag(place, fields);
  }
}

interface PlaceDialogProps {
  title: string;
  kind: Addable;
  /** The one that is edited. */
  own?: string;
  from: Place;
  /** What the button says that ends it. */
  saves: string;
  onClose: () => void;
  onSave: (place: Place) => void;
}

function PlaceDialog({ title, kind, own, from, saves, onClose, onSave }: PlaceDialogProps) {
  const { t } = useTranslation("nav");
  const form = useId();
  const [place, setPlace] = useState(from);
  const [tried, setTried] = useState(false);
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const named = place.name.trim() !== "";
  const asked = kind !== "filter" || place.query.trim() !== "";

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (!named || !asked) return;
    setBusy(true);
    const wrong = kind === "filter" ? await faultOf(place.query) : undefined;
    setBusy(false);
    setFault(wrong);
    if (wrong === undefined) onSave({ ...place, name: place.name.trim(), query: place.query.trim() });
  };

  const change = (part: Partial<Place>) => setPlace({ ...place, ...part });
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      size="small"
      actions={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button variant="primary" type="submit" form={form} busy={busy}>
            {saves}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        <Field label={t("name")} fault={tried && !named ? t("nameNeeded") : undefined}>
          {(control) => <Input {...control} value={place.name} maxLength={120} onChange={(event) => change({ name: event.target.value })} />}
        </Field>
        {kind === "filter" && (
          <Field label={t("query")} hint={t("queryHint")} fault={tried && !asked ? t("queryNeeded") : fault}>
            {(control) => (
              <Input {...control} value={place.query} maxLength={1000} spellCheck={false} onChange={(event) => change({ query: event.target.value })} />
            )}
          </Field>
        )}
        <ColourSelect value={place.colour} onChange={(colour) => change({ colour })} />
        {kind === "project" && <ParentSelect own={own} value={place.parentId} onChange={(parentId) => change({ parentId })} />}
        <Switch label={t("favourite")} checked={place.favourite} onChange={(favourite) => change({ favourite })} />
      </form>
    </Dialog>
  );
}

/** What is wrong with a filter, in the words of the server. Where it does not answer, it will say so later. */
async function faultOf(filter: string): Promise<string | undefined> {
  try {
    await client.call(operations.listTasks, { query: { filter, limit: 1 } });
    return undefined;
  } catch (error) {
    return error instanceof ApiError && error.status === 422 ? error.message : undefined;
  }
}

function ParentSelect({ own, value, onChange }: { own: string | undefined; value: string; onChange: (parent: string) => void }) {
  const { t } = useTranslation("nav");
  const projects = useTable("projects");
  const parents = [...projects.values()]
    .filter(({ id, archivedAt }) => archivedAt === null && !isWithin(projects, id, own))
    .map((project) => ({ value: project.id, label: project.name, icon: <ColourDot colour={project.colour} /> }));
  if (parents.length === 0) return null;
  return <Select label={t("parent")} value={value} onChange={onChange} options={[{ value: "", label: t("noParent") }, ...parents]} />;
}

/** Whether a project is another one, or somewhere below it. */
function isWithin(projects: Entities["projects"], id: string, other: string | undefined): boolean {
  for (let up = projects.get(id), steps = 0; up && steps <= projects.size; up = projects.get(up.parentId ?? ""), steps += 1) {
    if (up.id === other) return true;
  }
  return false;
}

function ColourSelect({ value, onChange }: { value: Colour; onChange: (colour: Colour) => void }) {
  const { t } = useTranslation(["nav", "ui"]);
  return (
    <Select
      label={t("colour")}
      value={value}
      onChange={onChange}
      options={colours.map((colour) => ({ value: colour, label: t(`ui:colours.${colour}`), icon: <ColourDot colour={colour} /> }))}
    />
  );
}
