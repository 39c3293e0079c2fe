import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import { createFilter, newId, updateFilter } from "../../store/acts";
import type { Kinds } from "../../store/model";
import { useAct } from "../../sync/hooks";
import { Button } from "../../ui/Button";
import { ColourPicker, type Colour } from "../../ui/ColourPicker";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { Input } from "../../ui/Input";
import { Switch } from "../../ui/Switch";

interface FilterDialogProps {
  /** The filter to change; none: a new one. */
  filter?: Kinds["filters"] | undefined;
  onClose: () => void;
  /** Called with the id of a filter that was made. */
  onMade?: (id: string) => void;
}

const form = "filter-form";

/** Asks for a filter: what it is called and what it finds. The server says whether it can be read. */
export function FilterDialog({ filter, onClose, onMade }: FilterDialogProps) {
  const { t } = useTranslation("lists");
  const act = useAct();
  const [name, setName] = useState(filter?.name ?? "");
  const [query, setQuery] = useState(filter?.query ?? "");
  const [colour, setColour] = useState<Colour>((filter?.colour as Colour | undefined) ?? "grey");
  const [favourite, setFavourite] = useState(filter?.favourite ?? false);
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);

  const save = () => {
    const fields = { name: name.trim(), query: query.trim(), colour, favourite };
    if (filter) act(updateFilter(filter, fields), t("filter.changed", { name: fields.name }));
    else {
      const id = newId();
      act(createFilter(id, fields), t("filter.made", { name: fields.name }));
      onMade?.(id);
    }
    onClose();
  };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    client.call(operations.listTasks, { query: { filter: query.trim(), limit: 1 } }).then(save, (error: unknown) => {
      setFault(error instanceof Error ? error.message : String(error));
      setBusy(false);
    });
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={filter ? t("filter.edit") : t("filter.new")}
      actions={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button variant="primary" type="submit" form={form} busy={busy} disabled={name.trim() === "" || query.trim() === ""}>
            {t("save")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <Field label={t("name")}>{(control) => <Input {...control} value={name} maxLength={120} autoFocus onChange={(event) => setName(event.target.value)} />}</Field>
        <Field label={t("filter.query")} hint={t("filter.queryHint")} fault={fault}>
          {(control) => <Input {...control} value={query} maxLength={1000} spellCheck={false} placeholder={t("filter.example")} onChange={(event) => setQuery(event.target.value)} />}
        </Field>
        <ColourPicker label={t("colour")} value={colour} onChange={setColour} />
        <Switch label={t("favourite")} detail={t("favouriteHint")} checked={favourite} onChange={setFavourite} />
      </form>
    </Dialog>
  );
}
