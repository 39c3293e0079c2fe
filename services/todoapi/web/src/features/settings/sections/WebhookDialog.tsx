import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Webhook } from "../../../api/generated/types.gen.ts";
import { client } from "../../../api/http";
import { settingsOperations } from "../../../api/settingsOperations";
import { Button } from "../../../ui/Button";
import { Checkbox } from "../../../ui/Checkbox";
import { Field } from "../../../ui/Field";
import { Input } from "../../../ui/Input";
import { Select } from "../../../ui/Select";
import { allOf, covers, type Entity, entities, everything, extentOf, typesOf, withEntity, withType } from "../changeTypes";
import { useFaults } from "../faults";
import { FormDialog } from "../parts";
import styles from "../settings.module.css";

const fields = ["url", "types", "description", "format"] as const;

const formats = ["todoplatform", "slack", "discord", "ntfy"] as const;

interface WebhookDialogProps {
  queryKey: readonly string[];
  /** null: a new one. */
  webhook: Webhook | null;
  onClose: () => void;
  /** Called with the secret of a new one. */
  onMade: (secret: string) => void;
}

/** Says where changes are sent, and which. */
export function WebhookDialog({ queryKey, webhook, onClose, onMade }: WebhookDialogProps) {
  const { t } = useTranslation("settings");
  const cache = useQueryClient();
  const faultsOf = useFaults(fields);
  const [url, setUrl] = useState(webhook?.url ?? "https://");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [format, setFormat] = useState(webhook?.format ?? "todoplatform");
  const [types, setTypes] = useState<readonly string[]>(webhook?.types ?? [allOf("task")]);
  const [tried, setTried] = useState(false);
  const write = useMutation({
    mutationFn: async () => {
      const body = { url: url.trim(), description: description.trim(), format, types: [...types] };
      if (webhook) await client.call(settingsOperations.editWebhook, { path: { id: webhook.id }, body });
      else onMade((await client.call(settingsOperations.createWebhook, { body })).secret);
    },
    onSuccess: onClose,
    onSettled: () => cache.invalidateQueries({ queryKey }),
  });
  const faults = write.error ? faultsOf(write.error) : { fields: {} };
  const address = /^https:\/\/[^\s/]+/.test(url.trim());
  const submit = () => {
    setTried(true);
    if (address && types.length > 0) write.mutate();
  };
  return (
    <FormDialog
      open
      onClose={onClose}
      size="medium"
      title={webhook ? t("webhooks.editTitle") : t("webhooks.makeTitle")}
      submit={webhook ? t("save") : t("webhooks.makeSubmit")}
      busy={write.isPending}
      fault={faults.rest}
      onSubmit={submit}
    >
      <Field label={t("webhooks.url")} hint={t("webhooks.urlHint")} fault={tried && !address ? t("webhooks.urlNeeded") : faults.fields.url}>
        {(control) => <Input {...control} type="url" inputMode="url" autoComplete="off" spellCheck={false} maxLength={2048} value={url} onChange={(event) => setUrl(event.target.value)} />}
      </Field>
      <Field label={t("webhooks.description")} hint={t("webhooks.descriptionHint")} fault={faults.fields.description}>
        {(control) => <Input {...control} autoComplete="off" maxLength={200} value={description} onChange={(event) => setDescription(event.target.value)} />}
      </Field>
      <Select label={t("webhooks.format")} value={format} onChange={setFormat} options={formats.map((value) => ({ value, label: t(`webhooks.formats.${value}`) }))} />
      {faults.fields.format !== undefined && <p className={styles.fault}>{faults.fields.format}</p>}
      <fieldset className={styles.fieldset}>
        <legend className={styles.legend}>{t("webhooks.types")}</legend>
        <Checkbox label={t("webhooks.everything")} checked={types.includes(everything)} onChange={(on) => setTypes(on ? [everything] : [])} />
        <div className={styles.kinds}>
          {entities.map((entity) => (
            <EntityTypes key={entity} entity={entity} types={types} onChange={setTypes} />
          ))}
        </div>
        {tried && types.length === 0 && <p className={styles.fault}>{t("webhooks.typesNeeded")}</p>}
        {faults.fields.types !== undefined && <p className={styles.fault}>{faults.fields.types}</p>}
      </fieldset>
    </FormDialog>
  );
}

interface EntityTypesProps {
  entity: Entity;
  types: readonly string[];
  onChange: (types: readonly string[]) => void;
}

function EntityTypes({ entity, types, onChange }: EntityTypesProps) {
  const { t } = useTranslation("settings");
  const extent = extentOf(types, entity);
  const [open, setOpen] = useState(extent === "some");
  const name = t(`webhooks.entity.${entity}`);
  return (
    <div className={styles.kind}>
      <div className={styles.kindHead}>
        <Checkbox label={name} checked={extent === "all"} indeterminate={extent === "some"} onChange={(on) => onChange(withEntity(types, entity, on))} />
        <Button size="small" variant="quiet" aria-expanded={open} aria-label={t("webhooks.singleOf", { name })} onClick={() => setOpen(!open)}>
          {open ? t("webhooks.fewer") : t("webhooks.single")}
        </Button>
      </div>
      {open && (
        <div className={styles.kindTypes}>
          {typesOf(entity).map((type) => (
            <Checkbox key={type} label={type} checked={covers(types, type)} onChange={(on) => onChange(withType(types, type, on))} />
          ))}
        </div>
      )}
    </div>
  );
}
