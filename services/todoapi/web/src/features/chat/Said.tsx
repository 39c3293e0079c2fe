import { lazy, memo, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../api/chat";
import { useWords } from "../task";
import { dayOf } from "../../time/due";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import styles from "./chat.module.css";
import { PartView } from "./parts";
import { withoutIds, withoutList } from "./prose";

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
export const Said = memo(function Said({ message, before, open, chosen, onSay, onOpen }: SaidProps) {
  const { viewer, day, moment } = useWords();
  const { id, role, text, at, parts = [] } = message;
  const dayOfIt = dayOf(new Date(at), viewer.zone);
  const isOther = dayOfIt !== (before ? dayOf(new Date(before.at), viewer.zone) : dayOf(viewer.now, viewer.zone));
  const listed = parts.find(({ tasks }) => tasks)?.tasks?.length ?? 0;
  const told = withoutList(withoutIds(text), listed);
  return (
    <>
      {isOther && <li className={styles.day}>{day(dayOfIt)}</li>}
      {role === "person" ? (
        <OwnWords text={text} title={moment(at)} />
      ) : (
        <li className={styles.answer} title={moment(at)}>
          <Answer text={told.text} />
          {parts.map((part, nth) => (
            // Of suggestions those of long ago are in the way.
            <PartView key={nth} part={part} first={told.first} open={open} chosen={chosen} onSay={(words) => onSay(words, id)} onOpen={onOpen} />
          ))}
        </li>
      )}
    </>
  );
});

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

export function Answer({ text }: { text: string }) {
  const { t } = useTranslation("chat");
  return (
    <div dir="auto">
      <VisuallyHidden>{t("assistant")}</VisuallyHidden>
      <Suspense fallback={<p className={styles.plain}>{text}</p>}>
        <Markdown text={text} />
      </Suspense>
    </div>
  );
}
