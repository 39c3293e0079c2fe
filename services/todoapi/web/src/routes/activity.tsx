import { useTranslation } from "react-i18next";
import { ActivityLog } from "../features/activity/ActivityLog";
import { Page } from "../ui/Page";

export function ActivityScreen() {
  const { t } = useTranslation("nav");
  return (
    <Page title={t("activity")}>
      <ActivityLog />
    </Page>
  );
}
