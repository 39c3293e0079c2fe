import { useTranslation } from "react-i18next";
import { UpcomingScreen as Content } from "../features/upcoming/UpcomingScreen";
import { Page } from "../ui/Page";
import { useOpenTask } from "./useOpenTask";

export function UpcomingScreen() {
  const { t } = useTranslation("nav");
  return (
    <Page title={t("upcoming")}>
      <Content onOpen={useOpenTask()} />
    </Page>
  );
}
