import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { EmptyState } from "../ui/EmptyState";
import { InfoIcon } from "../ui/icons";
import { Page } from "../ui/Page";

/** Where an address leads that nothing stands at. */
export function Nowhere() {
  const { t } = useTranslation("nav");
  const navigate = useNavigate();
  return (
    <Page title={t("nowhere")}>
      <EmptyState
        icon={<InfoIcon />}
        title={t("nowhere")}
        text={t("nowhereText")}
        action={
          <Button variant="primary" onClick={() => void navigate({ to: "/today" })}>
            {t("goToday")}
          </Button>
        }
      />
    </Page>
  );
}
