import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { GivenUp } from "../../../api/generated/types.gen.ts";
import { client } from "../../../api/http";
import { settingsOperations } from "../../../api/settingsOperations";
import { useViewer } from "../../../store/hooks";
import { spellInstant } from "../../../time/due";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { IconButton } from "../../../ui/IconButton";
import { RefreshIcon } from "../../../ui/moreIcons";
import { showToast } from "../../../ui/toastStore";
import { deviceOf } from "../device";
import { useExplain } from "../faults";
import { Group, Note } from "../parts";
import styles from "../settings.module.css";

const mailKey = ["settings", "reminder-mail"] as const;
const failedKey = ["settings", "failed-reminders"] as const;
const page = 20;

/** Says that the mail server of the person refuses their address, for as long as it does. */
export function RefusedMail() {
  const { t } = useTranslation("settings");
  const viewer = useViewer();
  const cache = useQueryClient();
  const explain = useExplain();
  const { data } = useQuery({ queryKey: mailKey, queryFn: () => client.call(settingsOperations.getReminderMail, {}) });
  const retry = useMutation({
    mutationFn: () => client.call(settingsOperations.retryReminderMail, {}),
    onSettled: () => cache.invalidateQueries({ queryKey: mailKey }),
    onError: (error) => showToast({ tone: "error", message: explain(error) }),
  });
  if (!data?.since) return null;
  const words = t(data.stopped ? "notifications.refusedStopped" : "notifications.refused", { why: data.reason, since: spellInstant(new Date(data.since), viewer) });
  return (
    <Note
      tone="warn"
      action={
        <Button size="small" busy={retry.isPending} onClick={() => retry.mutate()}>
          {t("notifications.tryAgain")}
        </Button>
      }
    >
      {words}
    </Note>
  );
}

/** The reminders that did not get out, if there are any. */
export function FailedReminders() {
  const { t } = useTranslation("settings");
  const failed = useInfiniteQuery({
    queryKey: failedKey,
    queryFn: ({ pageParam: cursor }) => client.call(settingsOperations.listFailedReminders, { query: { limit: page, ...(cursor !== undefined && { cursor }) } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  });
  const items = failed.data?.pages.flatMap((one) => one.items) ?? [];
  if (items.length === 0) return null;
  return (
    <Group title={t("notifications.failed")} text={t("notifications.failedText")} bare>
      <ul aria-label={t("notifications.failed")}>
        {items.map((one) => (
          <Failed key={one.id} reminder={one} onReplayed={() => void failed.refetch()} />
        ))}
      </ul>
      {failed.hasNextPage && (
        <Button size="small" variant="quiet" busy={failed.isFetchingNextPage} onClick={() => void failed.fetchNextPage()}>
          {t("webhooks.olderDeliveries")}
        </Button>
      )}
    </Group>
  );
}

function Failed({ reminder, onReplayed }: { reminder: GivenUp; onReplayed: () => void }) {
  const { t } = useTranslation("settings");
  const viewer = useViewer();
  const explain = useExplain();
  const replay = useMutation({
    mutationFn: () => client.call(settingsOperations.replayFailedReminder, { path: { id: reminder.id } }),
    onSuccess: onReplayed,
    onError: (error) => showToast({ tone: "error", message: explain(error) }),
  });
  const { program, system } = deviceOf(reminder.device);
  const to = reminder.channel === "email" ? t("notifications.mail") : [program, system].filter(Boolean).join(", ");
  return (
    <li className={styles.delivery}>
      <Badge tone="danger">{to}</Badge>
      <div className={styles.rowWords}>
        <span>{reminder.title}</span>
        <span className={styles.rowDetail}>{[spellInstant(new Date(reminder.at), viewer), reminder.error].join(" · ")}</span>
      </div>
      <IconButton size="small" label={t("webhooks.replay")} disabled={replay.isPending} onClick={() => replay.mutate()}>
        <RefreshIcon />
      </IconButton>
    </li>
  );
}
