import { useTranslation } from "react-i18next";
import type { Abilities } from "../../api/chat";
import { languageOf } from "../../i18n/i18n";
import { EmptyState } from "../../ui/EmptyState";
import { ChatIcon } from "../../ui/moreIcons";
import styles from "./chat.module.css";

interface WelcomeProps {
  abilities: Abilities;
  disabled: boolean;
  onSay: (text: string) => void;
}

/** What stands in a conversation in which nothing was said: what could be. */
export function Welcome({ abilities: { suggestions, languages, model, modelName }, disabled, onSay }: WelcomeProps) {
  const { t, i18n } = useTranslation("chat");
  const speaks = model || languages.some((language) => languageOf(language) === i18n.language);
  const names = new Intl.DisplayNames(i18n.language, { type: "language" });
  const list = new Intl.ListFormat(i18n.language, { type: "conjunction" });
  return (
    <div className={styles.welcome}>
      <EmptyState icon={<ChatIcon />} title={t("welcome")} text={speaks ? t("welcomeText") : t("speaks", { languages: list.format(languages.map((language) => names.of(language) ?? language)) })} />
      {modelName && <p className={styles.by}>{t("modelReads", { model: modelName })}</p>}
      <ul className={styles.starts} aria-label={t("suggestions")}>
        {suggestions.map(({ label, say }) => (
          <li key={say}>
            <button type="button" className={styles.start} disabled={disabled} onClick={() => onSay(say)}>
              {label}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
