import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { CloseIcon } from "../../ui/icons";
import { IconButton } from "../../ui/IconButton";
import { ChevronLeftIcon, ExpandIcon, HistoryIcon, NewChatIcon } from "../../ui/moreIcons";
import styles from "./chat.module.css";
import { Conversation } from "./Conversation";
import { chatLine, focusSoon } from "./focus";
import { History } from "./History";
import "./texts";
import { useChat, useCurrent, useTalk } from "./useChat";

interface ChatPanelProps {
  onClose: () => void;
  /** Shows the conversation as a page. */
  onExpand: (id: string) => void;
  onOpen: (task: string) => void;
}

/** The chat beside whatever screen is shown. */
export function ChatPanel({ onClose, onExpand, onOpen }: ChatPanelProps) {
  const { t } = useTranslation(["chat", "ui"]);
  const chat = useChat();
  const current = useCurrent();
  const { title } = useTalk(current);
  const [browsing, setBrowsing] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The button that was pressed is gone.
    if (browsing) heading.current?.focus();
  }, [browsing]);

  const show = (change: () => void) => {
    change();
    setBrowsing(false);
    focusSoon(chatLine);
  };
  const back = () => show(() => undefined);
  const press = (event: KeyboardEvent) => {
    // What is opened from here, such as the calendar of a card, closes first.
    const isWithin = event.target instanceof Node && event.currentTarget.contains(event.target);
    if (event.key !== "Escape" || event.defaultPrevented || !isWithin || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (browsing) back();
    else onClose();
  };

  return (
    <aside className={styles.panel} aria-label={t("title")} onKeyDown={press}>
      <div>
        <header className={styles.head}>
          {browsing && (
            <IconButton label={t("ui:back")} keys="Escape" onClick={back}>
              <ChevronLeftIcon />
            </IconButton>
          )}
          <h2 ref={heading} className={styles.title} tabIndex={-1}>{browsing ? t("history") : title || t("title")}</h2>
          <IconButton label={t("new")} onClick={() => show(() => chat.begin())}>
            <NewChatIcon />
          </IconButton>
          {!browsing && (
            <>
              <IconButton label={t("history")} onClick={() => setBrowsing(true)}>
                <HistoryIcon />
              </IconButton>
              <IconButton label={t("expand")} onClick={() => onExpand(current)}>
                <ExpandIcon />
              </IconButton>
            </>
          )}
          <IconButton label={t("ui:close")} keys="Escape" onClick={onClose}>
            <CloseIcon />
          </IconButton>
        </header>
        {browsing ? <History current={current} onOpen={(id) => show(() => chat.open(id))} /> : <Conversation key={current} id={current} onOpen={onOpen} />}
      </div>
    </aside>
  );
}
