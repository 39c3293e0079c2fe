import { useTranslation } from "react-i18next";
import { TrashScreen as Content } from "../features/trash/TrashScreen";
import { Page } from "../ui/Page";

export function TrashScreen() {
  const { t } = useTranslation("nav");
  return (
    <Page title={t("trash")}>
      <Content />
    </Page>
  );
}
