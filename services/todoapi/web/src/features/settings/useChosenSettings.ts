import { useTranslation } from "react-i18next";
import type { Settings } from "../../api/types";
import { type SettingsFields, updateSettings } from "../../store/acts";
import { useSettings } from "../../store/hooks";
import { useAct } from "../../sync/hooks";

/** What a person has chosen, and how to choose otherwise. */
export interface Choosing {
  settings: Settings;
  change: (fields: SettingsFields) => void;
}

/** The choices of the person in front of the page; null until they are known. */
export function useChosenSettings(): Choosing | null {
  const { t } = useTranslation("settings");
  const settings = useSettings();
  const act = useAct();
  return settings && { settings, change: (fields) => void act(updateSettings(fields), t("general.changed")) };
}
