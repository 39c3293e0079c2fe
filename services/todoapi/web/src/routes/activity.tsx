import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";

export function ActivityScreen() {
  const { t } = useTranslation("nav");
  return <Page title={t("activity")} />;
}
