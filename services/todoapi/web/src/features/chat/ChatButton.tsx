import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useBindings } from "../../commands/bindings";
import { runCommand } from "../../commands/registry";
import { asksServer } from "../../sync/asksServer";
import { IconButton } from "../../ui/IconButton";
import { ChatIcon } from "../../ui/moreIcons";
import { narrow, useMedia } from "../../ui/useMedia";
import styles from "./chat.module.css";
import "./texts";
import { useIsThere, usePanel } from "./useChat";

/** Opens the chat, where there is one: beside the screen, or as a page where there is room for one column alone. */
export const ChatButton = asksServer(function ChatButton() {
  const { t } = useTranslation("chat");
  const there = useIsThere();
  const keys = useBindings().get("chat");
  const { open, setOpen } = usePanel();
  const oneColumn = useMedia(narrow);
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
    <IconButton label={t("title")} keys={keys} pressed={open} className={styles.button} onClick={() => (open ? setOpen(false) : runCommand("chat"))}>
      <ChatIcon />
    </IconButton>
  );
});
