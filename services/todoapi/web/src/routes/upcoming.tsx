import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { TaskList } from "../features/task";
import { useViewer } from "../store/hooks";
import { dayOf } from "../time/due";
import { Page } from "../ui/Page";
import { useOpenTask } from "./useOpenTask";

/** How many days are looked ahead. */
const days = 28;

export function UpcomingScreen() {
  const { t } = useTranslation("nav");
  const { now, zone } = useViewer();
  const open = useOpenTask();
  const from = dayOf(now, zone);
  const list = useMemo(() => ({ kind: "upcoming", from, days }) as const, [from]);
  return (
    <Page title={t("upcoming")}>
      <TaskList label={t("upcoming")} list={list} onOpen={open} />
    </Page>
  );
}
