import { useTranslation } from "react-i18next";
import type { Card, Choice, Part } from "../../api/chat";
import { WarningIcon } from "../../ui/icons";
import { cx } from "../../ui/cx";
import styles from "./chat.module.css";
import { PickCard, TaskCard } from "./TaskCard";
import { UndoAct } from "./UndoAct";

interface PartProps {
  part: Part;
  open: boolean;
  chosen: string | undefined;
  onSay: (text: string) => void;
  onOpen: (task: string) => void;
}

/** What a message offers beside its words and tasks. A kind of a later version offers nothing here: the words do. */
export function PartView({ part: { kind, tasks = [], total = 0, choices = [], group, destroys = false }, open, chosen, onSay, onOpen }: PartProps) {
  const { t } = useTranslation("chat");
  const offer = { choices, open, chosen, onSay };
  switch (kind) {
    case "tasks":
      return null; // stands among the words
    case "choices":
      return choices.length === tasks.length ? <Picks {...offer} tasks={tasks} /> : <Choices {...offer} />;
    case "suggestions":
      // Those of long ago are in the way.
      return open ? <Choices {...offer} /> : null;
    case "done":
      return group === undefined ? null : <UndoAct group={group} />;
    case "consent":
      return (
        <section className={cx(styles.consent, destroys && styles.destroys, !open && styles.over)} aria-label={t("consent")}>
          <p className={styles.consentName}>
            {destroys && <WarningIcon />}
            {t("consent")}
          </p>
          <Cards tasks={tasks} first={1} others={total - tasks.length} onOpen={onOpen} onlyShown />
          <Choices {...offer} grave={destroys} />
        </section>
      );
  }
}

interface CardsProps {
  tasks: readonly Card[];
  /** The number of the first, by which the person can name it; null: they have none. */
  first: number | null;
  /** How many tasks there are beside these. */
  others?: number;
  onOpen: (task: string) => void;
  /** Nothing can be done to them here: something is about to be. */
  onlyShown?: boolean;
}

export function Cards({ tasks, first, others = 0, onOpen, onlyShown = false }: CardsProps) {
  const { t } = useTranslation("chat");
  if (tasks.length === 0) return null;
  return (
    <div className={styles.cards}>
      <ol aria-label={t("tasks")}>
        {tasks.map((card, at) => (
          <TaskCard key={card.id} card={card} number={first === null ? null : first + at} onOpen={onOpen} onlyShown={onlyShown} />
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
}

/** Which of some tasks is meant. */
function Picks({ tasks, choices, open, chosen, onSay }: ChoicesProps & { tasks: readonly Card[] }) {
  const { t } = useTranslation("chat");
  return (
    <ol className={styles.cards} aria-label={t("tasks")}>
      {tasks.map((card, at) => {
        const say = choices[at]?.say ?? "";
        return <PickCard key={card.id} card={card} number={at + 1} open={open} chosen={chosen === say} onPick={() => onSay(say)} />;
      })}
    </ol>
  );
}

/** grave: the first of them does what cannot be taken lightly. */
function Choices({ choices, open, chosen, onSay, grave }: ChoicesProps & { grave?: boolean }) {
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
