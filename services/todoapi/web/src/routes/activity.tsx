import { useTranslation } from "react-i18next";
import { ActivityLog } from "../features/activity/ActivityLog";
import { asksServer } from "../sync/asksServer";
import { Page } from "../ui/Page";

export const ActivityScreen = asksServer(function ActivityScreen() {
  const { t } = useTranslation("nav");
  return (
    <Page title={t("activity")}>
      <ActivityLog />
    </Page>
  );
});
