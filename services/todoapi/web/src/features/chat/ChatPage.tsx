import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../ui/IconButton";
import { HistoryIcon, NewChatIcon } from "../../ui/moreIcons";
import { Page } from "../../ui/Page";
import { useMedia } from "../../ui/useMedia";
import styles from "./chat.module.css";
import { Conversation } from "./Conversation";
import { chatLine, focusSoon } from "./focus";
import { History } from "./History";
import "./texts";
import { useChat, useCurrent } from "./useChat";

/** Where there is room for the conversations beside the one that is open. The sheet has the same measure. */
const roomForHistory = "(min-width: 64rem)";

interface ChatPageProps {
  /** The conversation that the address names; absent: the one that was open last. */
  id?: string | undefined;
  onShow: (id: string | undefined) => void;
  onOpen: (task: string) => void;
}

/** The chat as a page. */
export function ChatPage({ id, onShow, onOpen }: ChatPageProps) {
  const { t } = useTranslation("chat");
  const chat = useChat();
  const current = useCurrent();
  const beside = useMedia(roomForHistory);
  const [asked, setAsked] = useState(false);
  const browsing = asked && !beside;
  const shown = id ?? current;

  const show = (next: string | undefined) => {
    setAsked(false);
    onShow(next);
    focusSoon(chatLine);
  };
  const begin = () => {
    chat.begin();
    show(undefined);
  };
  const history = <History current={shown} onOpen={show} onRemoved={(gone) => gone === id && onShow(undefined)} />;
  return (
    <Page
      title={t("title")}
      wide={beside}
      filled
      actions={
        <>
          <IconButton label={t("new")} onClick={begin}>
            <NewChatIcon />
          </IconButton>
          {!beside && (
            <IconButton label={t("history")} pressed={browsing} onClick={() => setAsked(!browsing)}>
              <HistoryIcon />
            </IconButton>
          )}
        </>
      }
    >
      <div className={styles.page}>
        {beside && <div className={styles.column}>{history}</div>}
        {browsing ? history : <Conversation key={shown} id={shown} onOpen={onOpen} />}
      </div>
    </Page>
  );
}
