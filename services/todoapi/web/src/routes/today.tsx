import { useTranslation } from "react-i18next";
import { TaskList } from "../features/task";
import { useViewer } from "../store/hooks";
import { dayOf, inUTC } from "../time/due";
import { EmptyState } from "../ui/EmptyState";
import { TodayIcon } from "../ui/icons";
import { Page } from "../ui/Page";
import { useOpenTask } from "./useOpenTask";

const list = { kind: "today" } as const;

export function TodayScreen() {
  const { t } = useTranslation("nav");
  const { t: task } = useTranslation("task");
  const { now, zone, locale } = useViewer();
  const open = useOpenTask();
  return (
    <Page title={t("today")} detail={inUTC(dayOf(now, zone), locale, { weekday: "long", day: "numeric", month: "long" })}>
      <TaskList label={t("today")} list={list} onOpen={open} empty={<EmptyState icon={<TodayIcon />} title={task("empty.today")} text={task("empty.todayText")} />} />
    </Page>
  );
}
