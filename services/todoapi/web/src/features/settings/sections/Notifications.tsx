import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Trans, useTranslation } from "react-i18next";
import { client } from "../../../api/http";
import { operations } from "../../../api/operations";
import type { User } from "../../../api/types";
import { useSettings } from "../../../store/hooks";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { useDesktop } from "../../../ui/desktop";
import { BellIcon } from "../../../ui/icons";
import { DeviceIcon, MailIcon } from "../../../ui/moreIcons";
import { Switch } from "../../../ui/Switch";
import { showToast } from "../../../ui/toastStore";
import { useExplain } from "../faults";
import { Group, Row } from "../parts";
import type { SectionProps } from "../places";
import { Choices } from "./Choices";
import { FailedReminders, RefusedMail } from "./FailedReminders";
import { PushDevices, PushRow } from "./Push";
import styles from "../settings.module.css";

/** Where reminders come, and when. */
export function Notifications({ account }: SectionProps) {
  const { t } = useTranslation("settings");
  return (
    <>
      <Group title={t("notifications.where")} text={t("notifications.whereText")}>
        <Row sign={<BellIcon />} label={t("notifications.page")} detail={t("notifications.pageDetail")}>
          <Badge tone="good">{t("notifications.always")}</Badge>
        </Row>
        <DesktopRow />
        <PushRow />
        <MailRow account={account} />
      </Group>
      <RefusedMail />
      <PushDevices />
      <Choices />
      <When />
      <FailedReminders />
    </>
  );
}

function DesktopRow() {
  const { t } = useTranslation("settings");
  const { state, switchTo } = useDesktop();
  if (state === "unavailable" || state === "blocked") {
    return <Row sign={<DeviceIcon />} label={t("notifications.desktop")} detail={t(`notifications.${state}`)} />;
  }
  return (
    <div className={styles.row}>
      <span className={styles.sign}>
        <DeviceIcon />
      </span>
      <div className={styles.rowWords}>
        <Switch label={t("notifications.desktop")} detail={t("notifications.desktopDetail")} checked={state === "on"} onChange={switchTo} />
      </div>
    </div>
  );
}

function MailRow({ account }: { account: User }) {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  const again = useMutation({
    mutationFn: () => client.call(operations.requestVerification, {}),
    onSuccess: () => showToast({ tone: "plain", message: t("account.mailSent", { email: account.email }) }),
    onError: (error) => showToast({ tone: "error", message: explain(error) }),
  });
  if (account.emailVerificationRequired) {
    return (
      <Row sign={<MailIcon />} label={t("notifications.mail")} detail={t("notifications.mailWaits", { email: account.email })} wide>
        <Button busy={again.isPending} onClick={() => again.mutate()}>
          {t("account.sendAgain")}
        </Button>
      </Row>
    );
  }
  if (account.emailVerified) {
    return <Row sign={<MailIcon />} label={t("notifications.mail")} detail={t("notifications.mailDetail", { email: account.email })} />;
  }
  return <Row sign={<MailIcon />} label={t("notifications.mail")} detail={t("notifications.mailUnverified", { email: account.email })} />;
}

function When() {
  const { t } = useTranslation("settings");
  const settings = useSettings();
  return (
    <Group title={t("notifications.when")}>
      <Row
        label={t("notifications.timed")}
        detail={<Trans t={t} i18nKey="notifications.timedDetail" components={{ code: <code className={styles.mono} /> }} />}
      />
      <Row label={t("notifications.wholeDays")} detail={t("notifications.wholeDaysDetail", { time: settings?.dayStart ?? "" })}>
        <Link to="/settings/$section" params={{ section: "general" }} className={styles.textLink}>
          {t("account.change")}
        </Link>
      </Row>
    </Group>
  );
}
