import { useTranslation } from "react-i18next";
import { TrashScreen as Content } from "../features/trash/TrashScreen";
import { asksServer } from "../sync/asksServer";
import { Page } from "../ui/Page";

export const TrashScreen = asksServer(function TrashScreen() {
  const { t } = useTranslation("nav");
  return (
    <Page title={t("trash")}>
      <Content />
    </Page>
  );
});
