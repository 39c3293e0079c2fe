import { useTranslation } from "react-i18next";
import { useSession } from "../features/session/useSession";
import { TrashScreen as Content } from "../features/trash/TrashScreen";
import { asksServer } from "../sync/asksServer";
import { Page } from "../ui/Page";

export const TrashScreen = asksServer(function TrashScreen() {
  const { t } = useTranslation("nav");
  const session = useSession();
  return (
    <Page title={t("trash")}>
      {/* An older page has kept no number of days of the person. */}
      <Content days={session?.user.trashDays ?? 30} />
    </Page>
  );
});
