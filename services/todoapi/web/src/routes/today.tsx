import { useTranslation } from "react-i18next";
import { TaskList } from "../features/task";
import { useZone } from "../store/hooks";
import { useNow } from "../time/useNow";
import { EmptyState } from "../ui/EmptyState";
import { TodayIcon } from "../ui/icons";
import { lazily } from "../ui/lazily";
import { Page } from "../ui/Page";
import { useOpenTask } from "./useOpenTask";

const Welcome = lazily(() => import("../features/onboarding/Welcome").then((module) => module.Welcome));

const list = { kind: "today" } as const;

export function TodayScreen() {
  const { t, i18n } = useTranslation(["nav", "lists"]);
  const date = new Intl.DateTimeFormat(i18n.language, { weekday: "short", day: "numeric", month: "short", timeZone: useZone() }).format(useNow());
  const empty = <EmptyState icon={<TodayIcon />} title={t("lists:today.empty")} text={t("lists:today.emptyText")} />;
  return (
    <Page title={t("today")} detail={date}>
      <TaskList label={t("today")} list={list} onOpen={useOpenTask()} empty={<Welcome otherwise={empty} />} />
    </Page>
  );
}
