import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Webhook, WebhookDelivery } from "../../../api/generated/types.gen.ts";
import { client } from "../../../api/http";
import { settingsOperations } from "../../../api/settingsOperations";
import { useViewer } from "../../../store/hooks";
import { spellInstant } from "../../../time/due";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { ActivityIcon } from "../../../ui/icons";
import { IconButton } from "../../../ui/IconButton";
import { RefreshIcon } from "../../../ui/moreIcons";
import { showToast } from "../../../ui/toastStore";
import { ago } from "../ago";
import { useExplain } from "../faults";
import { Loaded, Nothing } from "../parts";
import styles from "../settings.module.css";

const page = 20;
/** While something waits to be sent, what became of it is soon of interest. */
const lookEveryMs = 4_000;

/** What became of the changes that a webhook is for. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("settings");
  const deliveries = useInfiniteQuery({
    queryKey: ["settings", "deliveries", webhook.id],
    queryFn: ({ pageParam: cursor }) => client.call(settingsOperations.listWebhookDeliveries, { path: { id: webhook.id }, query: { limit: page, ...(cursor !== undefined && { cursor }) } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.items.some((one) => one.state === "waiting" && one.attempts === 0) ? lookEveryMs : false),
  });
  return (
    <div className={styles.deliveryLog}>
      <Loaded query={deliveries} rows={3}>
        {({ pages }) => {
          const items = pages.flatMap((one) => one.items);
          return items.length === 0 ? (
            <Nothing sign={<ActivityIcon />}>{t("webhooks.noDeliveries")}</Nothing>
          ) : (
            <ul aria-label={t("webhooks.log")}>
              {items.map((delivery) => (
                <Delivery key={delivery.id} delivery={delivery} onReplayed={() => void deliveries.refetch()} />
              ))}
            </ul>
          );
        }}
      </Loaded>
      {deliveries.hasNextPage && (
        <div className={styles.more}>
          <Button size="small" variant="quiet" busy={deliveries.isFetchingNextPage} onClick={() => void deliveries.fetchNextPage()}>
            {t("webhooks.olderDeliveries")}
          </Button>
        </div>
      )}
    </div>
  );
}

const tones = { waiting: "warn", delivered: "good", failed: "danger", dropped: "danger" } as const;

function Delivery({ delivery, onReplayed }: { delivery: WebhookDelivery; onReplayed: () => void }) {
  const { t } = useTranslation("settings");
  const viewer = useViewer();
  const explain = useExplain();
  const replay = useMutation({
    mutationFn: () => client.call(settingsOperations.replayWebhookDelivery, { path: { id: delivery.webhookId, deliveryId: delivery.id } }),
    onSuccess: onReplayed,
    onError: (error) => showToast({ tone: "error", message: explain(error) }),
  });
  const next = delivery.nextAttemptAt === null ? null : t("webhooks.next", { at: ago(new Date(delivery.nextAttemptAt), viewer.now, viewer.locale) });
  const facts = [
    spellInstant(new Date(delivery.createdAt), viewer),
    delivery.attempts > 0 && t("webhooks.attempts", { count: delivery.attempts }),
    delivery.status !== null && t("webhooks.status", { status: delivery.status }),
    delivery.error !== "" && delivery.error,
    next,
  ].filter((fact) => fact !== false && fact !== null);
  return (
    <li className={styles.delivery}>
      <Badge tone={tones[delivery.state]}>{t(`webhooks.state.${delivery.state}`)}</Badge>
      <div className={styles.rowWords}>
        <code className={styles.mono}>{delivery.type}</code>
        <span className={styles.rowDetail}>{facts.join(" · ")}</span>
      </div>
      {delivery.state !== "dropped" && (
        <IconButton size="small" label={t("webhooks.replay")} disabled={replay.isPending} onClick={() => replay.mutate()}>
          <RefreshIcon />
        </IconButton>
      )}
    </li>
  );
}
