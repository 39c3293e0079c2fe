import { useTranslation } from "react-i18next";
import { useZone } from "../store/hooks";
import { useNow } from "../time/useNow";
import { Page } from "../ui/Page";

export function TodayScreen() {
  const { t, i18n } = useTranslation("nav");
  const date = new Intl.DateTimeFormat(i18n.language, { weekday: "short", day: "numeric", month: "short", timeZone: useZone() }).format(useNow());
  return <Page title={t("today")} detail={date} />;
}
