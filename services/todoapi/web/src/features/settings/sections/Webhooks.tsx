import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Webhook } from "../../../api/generated/types.gen.ts";
import { client } from "../../../api/http";
import { settingsOperations } from "../../../api/settingsOperations";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { ActivityIcon, MoreIcon, PlusIcon, TrashIcon } from "../../../ui/icons";
import { IconButton } from "../../../ui/IconButton";
import { Menu, MenuItem, MenuSeparator } from "../../../ui/Menu";
import { EditIcon, KeyIcon, LinkIcon, SendIcon } from "../../../ui/moreIcons";
import { showToast } from "../../../ui/toastStore";
import { everything } from "../changeTypes";
import { useExplain } from "../faults";
import { FormDialog, Group, Loaded, Note, Nothing, Row, SecretDialog } from "../parts";
import styles from "../settings.module.css";
import { Deliveries } from "./Deliveries";
import { WebhookDialog } from "./WebhookDialog";

const queryKey = ["settings", "webhooks"];

/** Addresses to which changes are sent. */
export function Webhooks() {
  const { t } = useTranslation("settings");
  const webhooks = useQuery({ queryKey, queryFn: () => client.call(settingsOperations.listWebhooks, {}) });
  const [edited, setEdited] = useState<Webhook | "new" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <Group
        title={t("webhooks.list")}
        hideTitle
        text={t("webhooks.text")}
        actions={
          <Button size="small" variant="primary" icon={<PlusIcon />} onClick={() => setEdited("new")}>
            {t("webhooks.make")}
          </Button>
        }
      >
        <Loaded query={webhooks}>
          {({ items }) =>
            items.length === 0 ? (
              <Nothing sign={<LinkIcon />}>{t("webhooks.none")}</Nothing>
            ) : (
              <ul>
                {items.map((webhook) => (
                  <li key={webhook.id}>
                    <WebhookRow webhook={webhook} onEdit={() => setEdited(webhook)} onSecret={setSecret} />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Group>
      {edited !== null && <WebhookDialog queryKey={queryKey} webhook={edited === "new" ? null : edited} onClose={() => setEdited(null)} onMade={setSecret} />}
      <SecretDialog secret={secret} title={t("webhooks.secret")} text={t("webhooks.secretText")} onClose={() => setSecret(null)} />
    </>
  );
}

interface RowProps {
  webhook: Webhook;
  onEdit: () => void;
  onSecret: (secret: string) => void;
}

function WebhookRow({ webhook, onEdit, onSecret }: RowProps) {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  const cache = useQueryClient();
  const [log, setLog] = useState(false);
  const [asked, setAsked] = useState<"secret" | "deletion" | null>(null);
  const path = { id: webhook.id };
  const complain = (error: unknown) => showToast({ tone: "error", message: explain(error) });
  const onSettled = () => cache.invalidateQueries({ queryKey });
  const test = useMutation({
    mutationFn: () => client.call(settingsOperations.testWebhook, { path }),
    onSuccess: () => {
      showToast({ tone: "plain", message: t("webhooks.tested") });
      setLog(true);
      return cache.invalidateQueries({ queryKey: ["settings", "deliveries", webhook.id] });
    },
    onError: complain,
  });
  const enable = useMutation({
    mutationFn: (enabled: boolean) => client.call(settingsOperations.editWebhook, { path, body: { enabled } }),
    onError: complain,
    onSettled,
  });
  const close = () => setAsked(null);
  return (
    <>
      <Row
        sign={<LinkIcon />}
        label={
          <>
            {webhook.description || hostOf(webhook.url)}
            {!webhook.enabled && <Badge tone={webhook.disabledReason === "" ? "plain" : "danger"}>{t("webhooks.off")}</Badge>}
          </>
        }
        detail={
          <>
            <span className={styles.mono}>{webhook.url}</span>
            <br />
            {webhook.types.includes(everything) ? t("webhooks.everything") : webhook.types.join(", ")}
          </>
        }
      >
        <Button size="small" aria-expanded={log} onClick={() => setLog(!log)}>
          {t("webhooks.log")}
        </Button>
        <Menu
          align="end"
          trigger={
            <IconButton label={t("webhooks.more", { name: webhook.description || webhook.url })} size="small">
              <MoreIcon />
            </IconButton>
          }
        >
          <MenuItem icon={<EditIcon />} onSelect={onEdit}>
            {t("webhooks.edit")}
          </MenuItem>
          <MenuItem icon={<SendIcon />} disabled={!webhook.enabled} onSelect={() => test.mutate()}>
            {t("webhooks.test")}
          </MenuItem>
          <MenuItem icon={<ActivityIcon />} onSelect={() => enable.mutate(!webhook.enabled)}>
            {webhook.enabled ? t("webhooks.disable") : t("webhooks.enable")}
          </MenuItem>
          <MenuItem icon={<KeyIcon />} onSelect={() => setAsked("secret")}>
            {t("webhooks.rotate")}
          </MenuItem>
          <MenuSeparator />
          <MenuItem icon={<TrashIcon />} danger onSelect={() => setAsked("deletion")}>
            {t("webhooks.delete")}
          </MenuItem>
        </Menu>
      </Row>
      {webhook.disabledReason !== "" && (
        <div className={styles.noteRow}>
          <Note
            tone="danger"
            action={
              <Button size="small" busy={enable.isPending} onClick={() => enable.mutate(true)}>
                {t("webhooks.enable")}
              </Button>
            }
          >
            {t("webhooks.disabledBy", { reason: webhook.disabledReason })}
          </Note>
        </div>
      )}
      {log && <Deliveries webhook={webhook} />}
      {asked === "secret" && <RotateDialog webhook={webhook} onClose={close} onSecret={onSecret} />}
      {asked === "deletion" && <DeleteDialog webhook={webhook} onClose={close} />}
    </>
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

interface AskProps {
  webhook: Webhook;
  onClose: () => void;
}

function RotateDialog({ webhook, onClose, onSecret }: AskProps & { onSecret: (secret: string) => void }) {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  const cache = useQueryClient();
  const rotate = useMutation({
    mutationFn: () => client.call(settingsOperations.rotateWebhookSecret, { path: { id: webhook.id } }),
    onSuccess: ({ secret }) => {
      onClose();
      onSecret(secret);
    },
    onSettled: () => cache.invalidateQueries({ queryKey }),
  });
  return (
    <FormDialog open onClose={onClose} title={t("webhooks.rotate")} description={t("webhooks.rotateText")} submit={t("webhooks.rotateSubmit")} busy={rotate.isPending} fault={rotate.error ? explain(rotate.error) : undefined} onSubmit={() => rotate.mutate()} />
  );
}

function DeleteDialog({ webhook, onClose }: AskProps) {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => client.call(settingsOperations.deleteWebhook, { path: { id: webhook.id } }),
    onSuccess: onClose,
    onSettled: () => cache.invalidateQueries({ queryKey }),
  });
  return (
    <FormDialog
      open
      onClose={onClose}
      title={t("webhooks.deleteTitle", { name: webhook.description || hostOf(webhook.url) })}
      description={t("webhooks.deleteText")}
      submit={t("webhooks.delete")}
      danger
      busy={remove.isPending}
      fault={remove.error ? explain(remove.error) : undefined}
      onSubmit={() => remove.mutate()}
    />
  );
}
