import { useTranslation } from "react-i18next";
import { CompletedScreen as Content } from "../features/completed/CompletedScreen";
import { Page } from "../ui/Page";
import { useOpenTask } from "./useOpenTask";

export function CompletedScreen() {
  const { t } = useTranslation("nav");
  return (
    <Page title={t("completed")}>
      <Content onOpen={useOpenTask()} />
    </Page>
  );
}
