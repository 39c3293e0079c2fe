import { useTranslation } from "react-i18next";
import { Dashboard } from "../features/dashboard/Dashboard";
import { asksServer } from "../sync/asksServer";
import { Page } from "../ui/Page";

export const DashboardScreen = asksServer(function DashboardScreen() {
  const { t } = useTranslation("nav");
  return (
    <Page title={t("dashboard")}>
      <Dashboard />
    </Page>
  );
});
