import { lazy, memo, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../api/chat";
import { useWords } from "../task";
import { dayOf } from "../../time/due";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import styles from "./chat.module.css";
import { Cards, PartView } from "./parts";
import { told, withoutIds } from "./prose";

const Markdown = lazy(() => import("../task/pane/Markdown"));

interface SaidProps {
  message: Message;
  /** The one before it: a day that begins between the two is told. */
  before: Message | undefined;
  /** Whether what it offers can be chosen. */
  open: boolean;
  /** The words by which something of it was chosen. */
  chosen: string | undefined;
  onSay: (text: string, to: string) => void;
  onOpen: (task: string) => void;
}

/** One message, with what it shows and offers. */
export const Said = memo(function Said({ message, before, ...rest }: SaidProps) {
  const { viewer, day, moment } = useWords();
  const dayOfIt = dayOf(new Date(message.at), viewer.zone);
  const isOther = dayOfIt !== (before ? dayOf(new Date(before.at), viewer.zone) : dayOf(viewer.now, viewer.zone));
  const title = moment(message.at);
  return (
    <>
      {isOther && <li className={styles.day}>{day(dayOfIt)}</li>}
      {message.role === "person" ? <OwnWords text={message.text} title={title} /> : <Answer message={message} title={title} {...rest} />}
    </>
  );
});

type AnswerProps = Omit<SaidProps, "before"> & { title: string };

function Answer({ message: { id, text, parts = [], model }, title, open, chosen, onSay, onOpen }: AnswerProps) {
  const { t } = useTranslation("chat");
  const listing = parts.find(({ tasks }) => tasks);
  const tasks = listing?.tasks ?? [];
  const { pieces, first } = told(withoutIds(text), tasks.map((task) => task.title));
  return (
    <li className={styles.answer} title={title}>
      <VisuallyHidden>{t("assistant")}</VisuallyHidden>
      {pieces.map((piece, nth) => {
        if ("text" in piece) return <Words key={nth} text={piece.text} />;
        if (listing?.kind !== "tasks") return null;
        return <Cards key={nth} tasks={tasks.slice(piece.from, piece.to)} first={first === null ? null : first + piece.from} onOpen={onOpen} />;
      })}
      {parts.map((part, nth) => (
        <PartView key={nth} part={part} open={open} chosen={chosen} onSay={(words) => onSay(words, id)} onOpen={onOpen} />
      ))}
      {model && <p className={styles.by}>{t("byModel", { model })}</p>}
    </li>
  );
}

export function OwnWords({ text, title }: { text: string; title?: string }) {
  const { t } = useTranslation("chat");
  return (
    <li className={styles.own} title={title}>
      <p className={styles.words} dir="auto">
        <VisuallyHidden>{t("you")}</VisuallyHidden>
        {text}
      </p>
    </li>
  );
}

/** Words of the chatbot. */
export function Words({ text }: { text: string }) {
  return (
    <div dir="auto">
      <Suspense fallback={<p className={styles.plain}>{text}</p>}>
        <Markdown text={text} />
      </Suspense>
    </div>
  );
}
