import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { client } from "../../../api/http";
import { settingsOperations } from "../../../api/settingsOperations";
import { Button } from "../../../ui/Button";
import { DownloadIcon } from "../../../ui/moreIcons";
import { useExplain } from "../faults";
import { Group, Note, Row } from "../parts";
import { save } from "../save";

const forms = ["json", "csv", "ics"] as const;

/** Takes all of somebody's data out. */
export function Export() {
  const { t } = useTranslation("settings");
  return (
    <Group title={t("export.files")} hideTitle text={t("export.text")}>
      {forms.map((form) => (
        <FormRow key={form} form={form} />
      ))}
    </Group>
  );
}

function FormRow({ form }: { form: (typeof forms)[number] }) {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  const fetched = useMutation({
    mutationFn: () => client.download(settingsOperations.exportAll, { query: { format: form } }),
    onSuccess: save,
  });
  return (
    <>
      <Row label={t(`export.form.${form}`)} detail={t(`export.formText.${form}`)} wide>
        <Button icon={<DownloadIcon />} busy={fetched.isPending} aria-label={t("export.downloadOne", { form: t(`export.form.${form}`) })} onClick={() => fetched.mutate()}>
          {t("export.download")}
        </Button>
      </Row>
      {fetched.error && <Note tone="danger">{explain(fetched.error)}</Note>}
    </>
  );
}
