import { useTranslation } from "react-i18next";
import type { Choice, Part } from "../../api/chat";
import { WarningIcon } from "../../ui/icons";
import { cx } from "../../ui/cx";
import styles from "./chat.module.css";
import { TaskCard } from "./TaskCard";
import { UndoAct } from "./UndoAct";

interface PartProps {
  part: Part;
  /** The number of its first task. */
  first: number;
  open: boolean;
  chosen: string | undefined;
  onSay: (text: string) => void;
  onOpen: (task: string) => void;
}

/** What a message shows or offers beside its text. A kind of a later version says nothing here: the text does. */
export function PartView({ part, first, open, chosen, onSay, onOpen }: PartProps) {
  const { t } = useTranslation("chat");
  const choices = <Choices choices={part.choices ?? []} open={open} chosen={chosen} onSay={onSay} />;
  switch (part.kind) {
    case "tasks":
      return <Cards part={part} first={first} onOpen={onOpen} />;
    case "choices":
      return choices;
    case "suggestions":
      return open ? choices : null;
    case "done":
      return part.group === undefined ? null : <UndoAct group={part.group} />;
    case "consent":
      return (
        <section className={cx(styles.consent, !open && styles.over)} aria-label={t("consent")}>
          <p className={styles.consentName}>
            <WarningIcon />
            {t("consent")}
          </p>
          <Cards part={part} first={first} onOpen={onOpen} onlyShown />
          <Choices choices={part.choices ?? []} open={open} chosen={chosen} onSay={onSay} grave />
        </section>
      );
  }
}

interface CardsProps {
  part: Part;
  first: number;
  onOpen: (task: string) => void;
  /** Nothing can be done to them here: something is about to be. */
  onlyShown?: boolean;
}

function Cards({ part: { tasks = [], total = 0 }, first, onOpen, onlyShown = false }: CardsProps) {
  const { t } = useTranslation("chat");
  if (tasks.length === 0) return null;
  const others = total - tasks.length - first + 1;
  return (
    <div className={styles.cards}>
      <ol aria-label={t("tasks")}>
        {tasks.map((card, at) => (
          <TaskCard key={card.id} card={card} number={first + at} onOpen={onOpen} onlyShown={onlyShown} />
        ))}
      </ol>
      {others > 0 && <p className={styles.others}>{t("others", { count: others })}</p>}
    </div>
  );
}

interface ChoicesProps {
  choices: readonly Choice[];
  open: boolean;
  chosen: string | undefined;
  onSay: (text: string) => void;
  /** The first of them does what cannot be taken lightly. */
  grave?: boolean;
}

function Choices({ choices, open, chosen, onSay, grave }: ChoicesProps) {
  return (
    <div className={styles.choices}>
      {choices.map(({ label, say }, at) => (
        <button key={say} type="button" className={cx(styles.choice, grave && at === 0 && styles.grave)} disabled={!open} aria-pressed={chosen === say || undefined} onClick={() => onSay(say)}>
          {label}
        </button>
      ))}
    </div>
  );
}
