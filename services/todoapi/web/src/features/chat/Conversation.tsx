import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { LoadingRows } from "../task";
import { useConnection } from "../../sync/hooks";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { WarningIcon } from "../../ui/icons";
import { IconButton } from "../../ui/IconButton";
import { ArrowDownIcon } from "../../ui/moreIcons";
import { useMedia } from "../../ui/useMedia";
import styles from "./chat.module.css";
import { Line } from "./Line";
import { Pending } from "./Pending";
import { spoken, withoutIds } from "./prose";
import { Said } from "./Said";
import { chosenOf, isOpen, saidOf, type Talk } from "./talk";
import "./texts";
import { useAbilities, useChat, useTalk } from "./useChat";
import { useStick } from "./useStick";
import { Welcome } from "./Welcome";

interface ConversationProps {
  /** Give the component another key for another conversation. */
  id: string;
  onOpen: (task: string) => void;
}

/** What was said, and the line in which to say more. */
export function Conversation({ id, onOpen }: ConversationProps) {
  const { t } = useTranslation(["chat", "ui"]);
  const chat = useChat();
  const talk = useTalk(id);
  const abilities = useAbilities();
  const offline = useConnection().state === "offline";
  const [draft, setDraft] = useState(() => chat.draft(id));
  const line = useRef<HTMLTextAreaElement>(null);
  const touch = useMedia("(pointer: coarse)");
  const { box, content, onScroll, atEnd, toEnd } = useStick();
  useEffect(() => {
    chat.open(id);
    // Meanwhile it may have gone on elsewhere.
    const look = () => document.visibilityState === "visible" && chat.open(id);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [chat, id]);
  useAnswerSpoken(talk);

  const type = (text: string) => {
    setDraft(text);
    chat.keepDraft(id, text);
  };
  const say = (text: string, to?: string) => {
    if (!chat.say(id, text, to)) return false;
    toEnd();
    return true;
  };
  /** What is chosen cannot be chosen again: its button lets go of the focus, which nobody should lose. */
  const choose = (text: string, to?: string) => {
    // On a touch screen the line would call the keyboard.
    (touch ? box : line).current?.focus();
    say(text, to);
  };
  const goToEnd = () => {
    toEnd();
    // The button goes.
    box.current?.focus();
  };
  const takeBack = () => {
    const text = chat.takeBack(id);
    if (draft === "") type(text);
    line.current?.focus();
  };

  const isEmpty = talk.messages.length === 0 && !talk.pending;
  return (
    <div className={styles.conversation}>
      <div ref={box} className={styles.box} role="group" aria-label={t("transcript")} tabIndex={0} onScroll={onScroll}>
        <div ref={content} className={styles.content}>
          {talk.state === "reading" && isEmpty && <LoadingRows label={t("ui:loading")} />}
          {talk.state === "failed" && (
            <EmptyState icon={<WarningIcon />} title={t("unread")} text={t(offline ? "offline" : "unreadText")} action={<Button onClick={() => chat.open(id)}>{t("again")}</Button>} />
          )}
          {talk.state === "there" && isEmpty && abilities && <Welcome abilities={abilities} disabled={offline} onSay={(text) => choose(text)} />}
          <ol className={styles.said}>
            {talk.messages.map((message, at) => (
              <Said key={message.id} message={message} before={talk.messages[at - 1]} open={isOpen(talk, message) && !offline} chosen={chosenOf(talk, message)} onSay={choose} onOpen={onOpen} />
            ))}
            {talk.pending && <Pending saying={talk.pending} answer={talk.answer} fault={talk.fault} onAgain={() => chat.again(id)} onTakeBack={takeBack} />}
          </ol>
        </div>
      </div>
      {!atEnd && (
        <div className={styles.toEnd}>
          <IconButton label={t("toEnd")} variant="plain" onClick={goToEnd}>
            <ArrowDownIcon />
          </IconButton>
        </div>
      )}
      <Line ref={line} text={draft} said={saidOf(talk)} offline={offline} busy={talk.pending !== null} onType={type} onSay={(text) => say(text)} />
    </div>
  );
}

/** Has screen readers say an answer once it is whole: its pieces would be a stammer. */
function useAnswerSpoken({ messages, pending }: Talk): void {
  const waited = useRef(false);
  useEffect(() => {
    const answer = messages.at(-1);
    if (waited.current && !pending && answer?.role === "assistant") announce(spoken(withoutIds(answer.text)));
    waited.current = pending !== null;
  }, [messages, pending]);
}
