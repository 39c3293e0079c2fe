import { useTranslation } from "react-i18next";
import { CompletedScreen as Content } from "../features/completed/CompletedScreen";
import { asksServer } from "../sync/asksServer";
import { Page } from "../ui/Page";
import { useOpenTask } from "./useOpenTask";

export const CompletedScreen = asksServer(function CompletedScreen() {
  const { t } = useTranslation("nav");
  return (
    <Page title={t("completed")}>
      <Content onOpen={useOpenTask()} />
    </Page>
  );
});
