import { type SubmitEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { createFilter, createProject, createTag, newId } from "../../store/acts";
import { useTable } from "../../store/hooks";
import type { Act } from "../../store/model";
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

const titles = { project: "addProject", filter: "addFilter", tag: "addTag" } as const;
const dones = { project: "projectAdded", filter: "filterAdded", tag: "tagAdded" } as const;

interface AddDialogProps {
  /** What is to be made; null while nothing is. */
  kind: Addable | null;
  onClose: () => void;
  /** Does it, and tells that with these words. */
  onAdd: (act: Act, words: string, made: { kind: Addable; id: string; name: string }) => void;
}

/** Makes a project, a filter or a tag. */
export function AddDialog({ kind, onClose, onAdd }: AddDialogProps) {
  const { t } = useTranslation("nav");
  const form = useId();
  // It still says what it is while it fades.
  const [last, setLast] = useState<Addable>("project");
  if (kind !== null && kind !== last) setLast(kind);
  return (
    <Dialog
      open={kind !== null}
      onClose={onClose}
      title={t(titles[last])}
      size="small"
      actions={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button variant="primary" type="submit" form={form}>
            {t("add")}
          </Button>
        </>
      }
    >
      <AddForm
        id={form}
        kind={last}
        onAdd={(act, id, name) => {
          onClose();
          onAdd(act, t(dones[last]), { kind: last, id, name });
        }}
      />
    </Dialog>
  );
}

interface AddFormProps {
  id: string;
  kind: Addable;
  onAdd: (act: Act, id: string, name: string) => void;
}

function AddForm({ id, kind, onAdd }: AddFormProps) {
  const { t } = useTranslation("nav");
  const projects = useTable("projects");
  const [name, setName] = useState("");
  const [query, setQuery] = useState("");
  const [colour, setColour] = useState<Colour>("grey");
  const [parent, setParent] = useState("");
  const [favourite, setFavourite] = useState(false);
  const [tried, setTried] = useState(false);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    const fields = { name: name.trim(), colour, favourite };
    if (fields.name === "" || (kind === "filter" && query.trim() === "")) return;
    const made = newId();
    if (kind === "project") onAdd(createProject(made, { ...fields, ...(parent !== "" && { parentId: parent }) }), made, fields.name);
    else if (kind === "filter") onAdd(createFilter(made, { ...fields, query: query.trim() }), made, fields.name);
    else onAdd(createTag(made, fields), made, fields.name);
  };

  const parents = [...projects.values()]
    .filter(({ archivedAt }) => archivedAt === null)
    .map((project) => ({ value: project.id, label: project.name, icon: <ColourDot colour={project.colour} /> }));
  return (
    <form id={id} className={styles.form} onSubmit={submit} noValidate>
      <Field label={t("name")} fault={tried && name.trim() === "" ? t("nameNeeded") : undefined}>
        {(control) => <Input {...control} value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />}
      </Field>
      {kind === "filter" && (
        <Field label={t("query")} hint={t("queryHint")} fault={tried && query.trim() === "" ? t("queryNeeded") : undefined}>
          {(control) => <Input {...control} value={query} maxLength={1000} spellCheck={false} onChange={(event) => setQuery(event.target.value)} />}
        </Field>
      )}
      <ColourSelect value={colour} onChange={setColour} />
      {kind === "project" && parents.length > 0 && (
        <Select label={t("parent")} value={parent} onChange={setParent} options={[{ value: "", label: t("noParent") }, ...parents]} />
      )}
      <Switch label={t("favourite")} checked={favourite} onChange={setFavourite} />
    </form>
  );
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
