import { useTranslation } from "react-i18next";
import { Badge } from "../../ui/Badge";
import { OfflineIcon, WarningIcon } from "../../ui/icons";

export interface ConnectionBadgeProps {
  state: "connecting" | "live" | "offline" | "refused";
  /** How many acts have not been sent yet. */
  waiting: number;
}

/** Tells that something is not as it should be. While all is well it says nothing. */
export function ConnectionBadge({ state, waiting }: ConnectionBadgeProps) {
  const { t } = useTranslation("nav");
  const words = [state === "offline" && t("offline"), state === "refused" && t("refused"), waiting > 0 && t("waiting", { count: waiting })].filter((word) => word !== false);
  return (
    <div role="status">
      {words.length > 0 && (
        <Badge tone={state === "live" || state === "connecting" ? "plain" : "warn"} icon={state === "refused" ? <WarningIcon /> : <OfflineIcon />}>
          {words.join(" · ")}
        </Badge>
      )}
    </div>
  );
}
