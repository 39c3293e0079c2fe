import { useTranslation } from "react-i18next";
import { TaskList } from "../features/task";
import { EmptyState } from "../ui/EmptyState";
import { InboxIcon } from "../ui/icons";
import { Page } from "../ui/Page";
import { useOpenTask } from "./useOpenTask";

const list = { kind: "inbox" } as const;

export function InboxScreen() {
  const { t } = useTranslation(["nav", "lists"]);
  return (
    <Page title={t("inbox")}>
      <TaskList label={t("inbox")} list={list} onOpen={useOpenTask()} empty={<EmptyState icon={<InboxIcon />} title={t("lists:inbox.empty")} text={t("lists:inbox.emptyText")} />} />
    </Page>
  );
}
