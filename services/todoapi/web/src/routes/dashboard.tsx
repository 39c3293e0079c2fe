import { useTranslation } from "react-i18next";
import { Dashboard } from "../features/dashboard/Dashboard";
import { Page } from "../ui/Page";

export function DashboardScreen() {
  const { t } = useTranslation("nav");
  return (
    <Page title={t("dashboard")}>
      <Dashboard />
    </Page>
  );
}
