import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../../api/http";
import { settingsOperations } from "../../../api/settingsOperations";
import { useViewer } from "../../../store/hooks";
import { spellInstant } from "../../../time/due";
import { Button } from "../../../ui/Button";
import { CalendarIcon } from "../../../ui/icons";
import { showToast } from "../../../ui/toastStore";
import { ago } from "../ago";
import { useExplain } from "../faults";
import { FormDialog, Group, Loaded, Row, SecretDialog } from "../parts";
import styles from "../settings.module.css";

const queryKey = ["settings", "calendar"];

/** The address at which a calendar program reads what is due. */
export function CalendarFeed() {
  const { t } = useTranslation("settings");
  const viewer = useViewer();
  const explain = useExplain();
  const cache = useQueryClient();
  const feed = useQuery({ queryKey, queryFn: () => client.call(settingsOperations.getCalendarFeed, {}) });
  const [asked, setAsked] = useState<"renew" | "end" | null>(null);
  const [address, setAddress] = useState<string | null>(null);
  const close = () => setAsked(null);
  const options = { onSettled: () => cache.invalidateQueries({ queryKey }) };
  const make = useMutation({
    ...options,
    mutationFn: () => client.call(settingsOperations.makeCalendarFeed, {}),
    onSuccess: ({ path }) => {
      close();
      setAddress(window.location.origin + path);
    },
  });
  const end = useMutation({
    ...options,
    mutationFn: () => client.call(settingsOperations.endCalendarFeed, {}),
    onSuccess: () => {
      close();
      showToast({ tone: "plain", message: t("calendar.ended") });
    },
  });
  return (
    <>
      <Group title={t("calendar.feed")} hideTitle text={t("calendar.text")}>
        <Loaded query={feed} rows={1}>
          {({ createdAt, lastReadAt }) =>
            createdAt === null ? (
              <Row sign={<CalendarIcon />} label={t("calendar.none")} detail={make.error ? explain(make.error) : t("calendar.noneDetail")} wide>
                <Button variant="primary" busy={make.isPending} onClick={() => make.mutate()}>
                  {t("calendar.make")}
                </Button>
              </Row>
            ) : (
              <Row
                sign={<CalendarIcon />}
                label={t("calendar.made", { at: spellInstant(new Date(createdAt), viewer) })}
                detail={lastReadAt === null ? t("calendar.unread") : t("calendar.read", { ago: ago(new Date(lastReadAt), viewer.now, viewer.locale) })}
                wide
              >
                <Button onClick={() => setAsked("renew")}>{t("calendar.renew")}</Button>
                <Button onClick={() => setAsked("end")}>{t("calendar.end")}</Button>
              </Row>
            )
          }
        </Loaded>
      </Group>
      <Group title={t("calendar.how")} bare>
        <ul className={styles.bullets}>
          {(["google", "apple", "outlook", "delay"] as const).map((program) => (
            <li key={program}>{t(`calendar.hows.${program}`)}</li>
          ))}
        </ul>
      </Group>
      {asked === "renew" && (
        <FormDialog open onClose={close} title={t("calendar.renew")} description={t("calendar.renewText")} submit={t("calendar.renewSubmit")} busy={make.isPending} fault={make.error ? explain(make.error) : undefined} onSubmit={() => make.mutate()} />
      )}
      {asked === "end" && (
        <FormDialog open onClose={close} title={t("calendar.endTitle")} description={t("calendar.endText")} submit={t("calendar.end")} danger busy={end.isPending} fault={end.error ? explain(end.error) : undefined} onSubmit={() => end.mutate()} />
      )}
      <SecretDialog secret={address} title={t("calendar.address")} text={t("calendar.addressText")} onClose={() => setAddress(null)} />
    </>
  );
}
