import { Link, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useBindings } from "../../commands/bindings";
import { runCommand } from "../../commands/registry";
import { asksServer } from "../../sync/asksServer";
import { announce } from "../../ui/announce";
import { IconButton } from "../../ui/IconButton";
import { ChatIcon } from "../../ui/moreIcons";
import { narrow, useMedia } from "../../ui/useMedia";
import styles from "./chat.module.css";
import "./texts";
import { useIsThere, useNews, usePanel } from "./useChat";

/** Opens the chat, where there is one: beside the screen, or as a page where there is room for one column alone. */
export const ChatButton = asksServer(function ChatButton() {
  const { t } = useTranslation("chat");
  const there = useIsThere();
  const keys = useBindings().get("chat");
  const { open, setOpen } = usePanel();
  const oneColumn = useMedia(narrow);
  const onPage = useLocation().pathname.startsWith("/chat");
  const news = useNews(open || onPage);
  useEffect(() => {
    if (news) announce(t("titleWithNews"));
  }, [news, t]);
  if (!there) return null;
  if (oneColumn) {
    return (
      <Link to="/chat/{-$id}" params={{}} className={styles.link}>
        <ChatIcon />
        {t("title")}
      </Link>
    );
  }
  return (
    <IconButton label={t(news ? "titleWithNews" : "title")} keys={keys} pressed={open} className={styles.button} onClick={() => (open ? setOpen(false) : runCommand("chat"))}>
      <ChatIcon />
      {news && <span className={styles.news} />}
    </IconButton>
  );
});
