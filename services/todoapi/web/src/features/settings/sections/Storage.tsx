import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useEntities, useViewer } from "../../../store/hooks";
import { useConnection } from "../../../sync/hooks";
import { useSynced } from "../../../sync/SyncedStore";
import { Button } from "../../../ui/Button";
import { useInstall } from "../../../ui/install";
import { useExplain } from "../faults";
import { FormDialog, Group, Note, Row } from "../parts";
import { bytesOf } from "../bytes";

/** What this browser keeps, and the app as a program of its own. */
export function Storage() {
  const { t } = useTranslation("settings");
  const { sync } = useSynced();
  const { locale } = useViewer();
  const { waiting } = useConnection();
  const tasks = useEntities().tasks.size;
  const [asked, setAsked] = useState(false);
  const estimate = useQuery({ queryKey: ["settings", "storage"], queryFn: estimated, gcTime: 0 });
  const usage = estimate.data?.usage;
  return (
    <>
      <Group title={t("storage.kept")} text={t("storage.text")}>
        <Row label={t("storage.tasks", { count: tasks })} detail={usage === undefined ? t("storage.sizeUnknown") : t("storage.size", { size: bytesOf(usage, locale) })} />
        <Row label={t("storage.waiting", { count: waiting })} detail={waiting === 0 ? t("storage.allSent") : t("storage.waitingDetail")} />
        <Row label={t("storage.clear")} detail={t("storage.clearDetail")} wide>
          <Button onClick={() => setAsked(true)}>
            {t("storage.clearAsk")}
          </Button>
        </Row>
      </Group>
      <InstallGroup />
      {asked && (
        <ClearDialog
          unsent={sync.unsent()}
          clear={() => sync.wipe()}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}

/** Browsers tell it to secure pages alone. */
async function estimated(): Promise<StorageEstimate> {
  const storage = navigator.storage as StorageManager | undefined;
  return (await storage?.estimate()) ?? {};
}

interface ClearDialogProps {
  unsent: number;
  clear: () => Promise<void>;
  onClose: () => void;
}

function ClearDialog({ unsent, clear, onClose }: ClearDialogProps) {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = () => {
    setBusy(true);
    clear().then(
      // The page begins anew with what the server has.
      () => window.location.reload(),
      (failure: unknown) => {
        setError(failure);
        setBusy(false);
      },
    );
  };
  return (
    <FormDialog open onClose={onClose} title={t("storage.clearTitle")} description={t("storage.clearText")} submit={t("storage.clearSubmit")} danger busy={busy} fault={error === null ? undefined : explain(error)} onSubmit={submit}>
      {unsent > 0 ? <Note tone="warn">{t("storage.unsentLost", { count: unsent })}</Note> : undefined}
    </FormDialog>
  );
}

function InstallGroup() {
  const { t } = useTranslation("settings");
  const { state, install } = useInstall();
  return (
    <Group title={t("storage.app")}>
      <Row label={t("storage.install")} detail={t(`storage.installState.${state}`)} wide>
        {state === "offered" && (
          <Button variant="primary" onClick={install}>
            {t("storage.installNow")}
          </Button>
        )}
      </Row>
    </Group>
  );
}
