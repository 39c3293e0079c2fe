import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { PushSubscription } from "../../../api/generated/types.gen.ts";
import { client } from "../../../api/http";
import { settingsOperations } from "../../../api/settingsOperations";
import { useViewer } from "../../../store/hooks";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { DeviceIcon } from "../../../ui/moreIcons";
import { PushRefused, pushSupport, subscribeHere, subscriptionHere, unsubscribeHere } from "../../../ui/push";
import { Switch } from "../../../ui/Switch";
import { showToast } from "../../../ui/toastStore";
import { ago } from "../ago";
import { deviceOf } from "../device";
import { sentenceOf, useExplain } from "../faults";
import { Group, Row } from "../parts";
import styles from "../settings.module.css";

const queryKey = ["settings", "push"];

/** The most of a User-Agent that the API takes. */
const longestName = 400;

/** The devices to which reminders are pushed; mine is this one. */
function useDevices() {
  const { data } = useQuery({
    queryKey,
    queryFn: async () => {
      const [{ items }, here] = await Promise.all([client.call(settingsOperations.listPushSubscriptions, {}), subscriptionHere()]);
      return { devices: items, mine: items.find(({ endpoint }) => endpoint === here?.endpoint) };
    },
  });
  return { devices: data?.devices ?? [], mine: data?.mine, known: data !== undefined };
}

/** Subscribes this browser, and tells the platform. */
async function addHere(): Promise<void> {
  const made = await subscribeHere(async () => (await client.call(settingsOperations.getPushKey, {})).publicKey);
  const { p256dh = "", auth = "" } = made.toJSON().keys ?? {};
  const body = { endpoint: made.endpoint, keys: { p256dh, auth }, name: navigator.userAgent.slice(0, longestName) };
  await client.call(settingsOperations.savePushSubscription, { body });
}

const remove = (id: string) => client.call(settingsOperations.deletePushSubscription, { path: { id } });

/** Whether reminders come to this browser while no page is open. */
export function PushRow() {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  const cache = useQueryClient();
  const { mine, known } = useDevices();
  const change = useMutation({
    mutationFn: async (on: boolean) => {
      if (on) return addHere();
      if (mine) await remove(mine.id);
      await unsubscribeHere();
    },
    onError: (error) => showToast({ tone: "error", message: error instanceof PushRefused ? t(error.reason === "blocked" ? "notifications.blocked" : "notifications.pushUnreachable") : explain(error) }),
    onSettled: () => cache.invalidateQueries({ queryKey }),
  });
  const support = pushSupport();
  if (support !== "available") {
    return <Row sign={<DeviceIcon />} label={t("notifications.push")} detail={t(support === "blocked" ? "notifications.blocked" : "notifications.pushUnavailable")} />;
  }
  return (
    <div className={styles.row}>
      <span className={styles.sign}>
        <DeviceIcon />
      </span>
      <div className={styles.rowWords}>
        <Switch
          label={t("notifications.push")}
          detail={t("notifications.pushDetail")}
          checked={change.isPending ? change.variables : mine !== undefined}
          disabled={!known || change.isPending}
          onChange={change.mutate}
        />
      </div>
    </div>
  );
}

/** The devices to which reminders are pushed, while there are some. */
export function PushDevices() {
  const { t } = useTranslation("settings");
  const { devices, mine } = useDevices();
  if (devices.length === 0) return null;
  return (
    <Group title={t("notifications.devices")} text={t("notifications.devicesText")}>
      <ul>
        {devices.map((device) => (
          <li key={device.id}>
            <DeviceRow device={device} mine={device === mine} />
          </li>
        ))}
      </ul>
    </Group>
  );
}

function DeviceRow({ device, mine }: { device: PushSubscription; mine: boolean }) {
  const { t } = useTranslation("settings");
  const viewer = useViewer();
  const explain = useExplain();
  const cache = useQueryClient();
  const removing = useMutation({
    mutationFn: () => remove(device.id),
    onSuccess: () => showToast({ tone: "plain", message: t("notifications.removed") }),
    onError: (error) => showToast({ tone: "error", message: explain(error) }),
    onSettled: () => cache.invalidateQueries({ queryKey }),
  });
  const { program, system } = deviceOf(device.name);
  const name = program === "" ? t("sessions.someProgram") : system === "" ? program : t("sessions.device", { program, system });
  const last = () => {
    if (device.error !== "") return t("notifications.deviceFailed", { why: sentenceOf(device.error) });
    return device.sentAt === null ? t("notifications.deviceNever") : t("notifications.deviceSent", { ago: ago(new Date(device.sentAt), viewer.now, viewer.locale) });
  };
  return (
    <Row
      sign={<DeviceIcon />}
      label={
        <>
          <span title={device.name}>{name}</span>
          {mine && <Badge tone="accent">{t("sessions.thisDevice")}</Badge>}
        </>
      }
      detail={last()}
    >
      <Button size="small" busy={removing.isPending} aria-label={t("notifications.removeOne", { name })} onClick={() => removing.mutate()}>
        {t("notifications.remove")}
      </Button>
    </Row>
  );
}
