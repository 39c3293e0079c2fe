import { useTranslation } from "react-i18next";
import { ColourDot } from "../../../ui/ColourDot";
import { cx } from "../../../ui/cx";
import { SectionIcon } from "../../../ui/moreIcons";
import styles from "./Composer.module.css";
import type { Suggestion } from "./completion";

interface SuggestionsProps {
  id: string;
  suggestions: readonly Suggestion[];
  /** The one that Enter takes. */
  at: number;
  onTake: (suggestion: Suggestion) => void;
}

/** Names that what is being typed could become. The focus stays in the line. */
export function Suggestions({ id, suggestions, at, onTake }: SuggestionsProps) {
  const { t } = useTranslation("task");
  if (suggestions.length === 0) return <div id={id} hidden />;
  return (
    <ul id={id} role="listbox" aria-label={t("suggestions")} className={styles.suggestions}>
      {suggestions.map((suggestion, nth) => (
        <li
          key={suggestion.key}
          id={`${id}-${nth}`}
          role="option"
          aria-selected={nth === at}
          className={cx(styles.suggestion, nth === at && styles.first)}
          // The line would lose the focus before the click.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onTake(suggestion)}
        >
          {suggestion.kind === "section" ? <SectionIcon /> : <ColourDot colour={suggestion.colour ?? "grey"} />}
          <span className={styles.words}>{suggestion.name}</span>
          {suggestion.of !== undefined && <span className={styles.of}>{suggestion.of}</span>}
        </li>
      ))}
    </ul>
  );
}
