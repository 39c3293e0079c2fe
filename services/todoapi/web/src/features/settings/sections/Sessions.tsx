import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Session } from "../../../api/generated/types.gen.ts";
import { client } from "../../../api/http";
import { settingsOperations } from "../../../api/settingsOperations";
import { useViewer } from "../../../store/hooks";
import { usePresent } from "../../../sync/hooks";
import { spellInstant } from "../../../time/due";
import { Badge } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { DeviceIcon, KeyIcon } from "../../../ui/moreIcons";
import { showToast } from "../../../ui/toastStore";
import { ago } from "../ago";
import { deviceOf } from "../device";
import { useExplain } from "../faults";
import { FormDialog, Group, Loaded, Nothing, Row } from "../parts";

const queryKey = ["settings", "sessions"];

/** Where somebody is signed in. */
export function Sessions() {
  const { t } = useTranslation("settings");
  const present = usePresent();
  const sessions = useQuery({ queryKey, queryFn: () => client.call(settingsOperations.listSessions, {}) });
  const cache = useQueryClient();
  // Who comes may have signed in just now, and who leaves may have signed out.
  useEffect(() => void cache.invalidateQueries({ queryKey }, { cancelRefetch: false }), [cache, present]);
  const [asked, setAsked] = useState(false);
  const others = (sessions.data?.items ?? []).filter(({ current }) => !current);
  const mine = sessions.data?.items.find(({ current }) => current);
  return (
    <>
      <Group title={t("sessions.here")}>
        <Loaded query={sessions} rows={1}>
          {() => (mine ? <SessionRow session={mine} /> : <Nothing sign={<DeviceIcon />}>{t("sessions.unknown")}</Nothing>)}
        </Loaded>
      </Group>
      <Group
        title={t("sessions.others")}
        text={t("sessions.text")}
        {...(others.length > 0 && {
          actions: (
            <Button size="small" onClick={() => setAsked(true)}>
              {t("sessions.endOthers")}
            </Button>
          ),
        })}
      >
        <Loaded query={sessions}>
          {() =>
            others.length === 0 ? (
              <Nothing sign={<DeviceIcon />}>{t("sessions.noOthers")}</Nothing>
            ) : (
              <ul>
                {others.map((session) => (
                  <li key={session.id}>
                    <SessionRow session={session} on={present.includes(session.id)} />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Group>
      {asked && <OthersDialog sessions={others} onClose={() => setAsked(false)} />}
    </>
  );
}

/** on: it is connected now, as far as this window knows. */
function SessionRow({ session, on = false }: { session: Session; on?: boolean }) {
  const { t } = useTranslation("settings");
  const viewer = useViewer();
  const explain = useExplain();
  const cache = useQueryClient();
  const end = useMutation({
    mutationFn: () => client.call(settingsOperations.endSession, { path: { id: session.id } }),
    onSuccess: () => showToast({ tone: "plain", message: t("sessions.ended") }),
    onError: (error) => showToast({ tone: "error", message: explain(error) }),
    onSettled: () => cache.invalidateQueries({ queryKey }),
  });
  const { program, system } = deviceOf(session.device);
  const since = spellInstant(new Date(session.createdAt), viewer);
  const name = program === "" ? t("sessions.someProgram") : system === "" ? program : t("sessions.device", { program, system });
  return (
    <Row
      sign={system === "" ? <KeyIcon /> : <DeviceIcon />}
      label={
        <>
          <span title={session.device}>{name}</span>
          {session.current && <Badge tone="accent">{t("sessions.thisDevice")}</Badge>}
          {on && <Badge tone="good">{t("sessions.onNow")}</Badge>}
        </>
      }
      detail={on ? t("sessions.since", { since }) : t("sessions.used", { ago: ago(new Date(session.usedAt), viewer.now, viewer.locale), since })}
    >
      {!session.current && (
        <Button size="small" busy={end.isPending} aria-label={t("sessions.endOne", { name })} onClick={() => end.mutate()}>
          {t("sessions.end")}
        </Button>
      )}
    </Row>
  );
}

/** The API ends one session, or all with this one: the others are ended one by one. */
function OthersDialog({ sessions, onClose }: { sessions: readonly Session[]; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const explain = useExplain();
  const cache = useQueryClient();
  const end = useMutation({
    mutationFn: async () => {
      for (const { id } of sessions) await client.call(settingsOperations.endSession, { path: { id } });
    },
    onSuccess: () => {
      showToast({ tone: "plain", message: t("sessions.othersEnded") });
      onClose();
    },
    onSettled: () => cache.invalidateQueries({ queryKey }),
  });
  return (
    <FormDialog
      open
      onClose={onClose}
      title={t("sessions.endOthers")}
      description={t("sessions.endOthersText", { count: sessions.length })}
      submit={t("sessions.endOthersSubmit")}
      busy={end.isPending}
      fault={end.error ? explain(end.error) : undefined}
      onSubmit={() => end.mutate()}
    />
  );
}
