import { useTranslation } from "react-i18next";
import { Checkbox } from "../../../ui/Checkbox";
import { Switch } from "../../../ui/Switch";
import { type Channel, choicesOf, someQuietHours, switched } from "../choices";
import { Group, Row } from "../parts";
import styles from "../settings.module.css";
import { TimeChoice } from "../TimeChoice";
import { type Choosing, useChosenSettings } from "../useChosenSettings";

/** By what a person is told of what, and when that waits. */
export function Choices() {
  const chosen = useChosenSettings();
  if (!chosen) return null;
  return (
    <>
      <Kinds {...chosen} />
      <Quiet {...chosen} />
    </>
  );
}

function Kinds({ settings, change }: Choosing) {
  const { t } = useTranslation("settings");
  const { remindersBy, digestBy, digestAt, overdueBy, overdueAt } = choicesOf(settings);
  return (
    <Group title={t("notifications.what")} text={t("notifications.whatText")}>
      <Row label={t("notifications.reminders")} detail={t("notifications.remindersDetail")} wide>
        <Channels label={t("notifications.reminders")} value={remindersBy} onChange={(next) => change({ remindersBy: next })} />
      </Row>
      <Row label={t("notifications.digest")} detail={t("notifications.digestDetail")} wide>
        <Channels label={t("notifications.digest")} value={digestBy} onChange={(next) => change({ digestBy: next })} />
      </Row>
      {digestBy.length > 0 && (
        <Row label={t("notifications.digestAt")} wide>
          <TimeChoice label={t("notifications.digestAt")} value={digestAt} onChange={(next) => change({ digestAt: next })} settings={settings} />
        </Row>
      )}
      <Row label={t("notifications.overdue")} detail={t("notifications.overdueDetail")} wide>
        <Channels label={t("notifications.overdue")} value={overdueBy} onChange={(next) => change({ overdueBy: next })} />
      </Row>
      {overdueBy.length > 0 && (
        <Row label={t("notifications.overdueAt")} wide>
          <TimeChoice label={t("notifications.overdueAt")} value={overdueAt} onChange={(next) => change({ overdueAt: next })} settings={settings} />
        </Row>
      )}
    </Group>
  );
}

interface ChannelsProps {
  label: string;
  value: readonly Channel[];
  onChange: (channels: Channel[]) => void;
}

function Channels({ label, value, onChange }: ChannelsProps) {
  const { t } = useTranslation("settings");
  return (
    <div className={styles.channels} role="group" aria-label={label}>
      {(["email", "push"] as const).map((channel) => (
        <Checkbox key={channel} label={t(`notifications.by.${channel}`)} checked={value.includes(channel)} onChange={(on) => onChange(switched(value, channel, on))} />
      ))}
    </div>
  );
}

function Quiet({ settings, change }: Choosing) {
  const { t } = useTranslation("settings");
  const { quietHours: quiet } = choicesOf(settings);
  return (
    <Group title={t("notifications.quiet")}>
      <div className={styles.switchRow}>
        <Switch
          label={t("notifications.quietOn")}
          detail={t("notifications.quietDetail")}
          checked={quiet !== null}
          onChange={(on) => change({ quietHours: on ? someQuietHours : null })}
        />
      </div>
      {quiet && (
        <>
          <Row label={t("notifications.quietFrom")} wide>
            <TimeChoice label={t("notifications.quietFrom")} value={quiet.from} onChange={(from) => from !== quiet.to && change({ quietHours: { ...quiet, from } })} settings={settings} />
          </Row>
          <Row label={t("notifications.quietTo")} wide>
            <TimeChoice label={t("notifications.quietTo")} value={quiet.to} onChange={(to) => to !== quiet.from && change({ quietHours: { ...quiet, to } })} settings={settings} />
          </Row>
          <div className={styles.switchRow}>
            <Switch
              label={t("notifications.quietUrgent")}
              detail={t("notifications.quietUrgentDetail")}
              checked={quiet.urgent}
              onChange={(urgent) => change({ quietHours: { ...quiet, urgent } })}
            />
          </div>
        </>
      )}
    </Group>
  );
}
