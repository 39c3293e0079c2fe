import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";

export function SearchScreen() {
  const { t } = useTranslation("nav");
  return <Page title={t("search")} />;
}
