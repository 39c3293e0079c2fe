import { useLocation, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useCommands } from "../commands/registry";
import { ChatPage } from "../features/chat/ChatPage";
import { ChatPanel } from "../features/chat/ChatPanel";
import { chatLine, focusSoon } from "../features/chat/focus";
import { useAbilities, useIsThere, usePanel } from "../features/chat/useChat";
import { asksServer } from "../sync/asksServer";
import { narrow, useMedia } from "../ui/useMedia";
import { Nowhere } from "./Nowhere";
import { useOpenTask } from "./useOpenTask";

export { ChatButton } from "../features/chat/ChatButton";

/** Where there is room for a screen, the chat and a task beside each other. The sheet of the chat has the same measure. */
const roomForAll = "(min-width: 100rem)";

const page = { to: "/chat/{-$id}" } as const;

/** The chat beside every screen, and the command that leads to it. */
export const ChatPane = asksServer(function ChatPane() {
  const there = useIsThere();
  const { open, setOpen } = usePanel();
  const oneColumn = useMedia(narrow);
  const onPage = useLocation().pathname.startsWith("/chat");
  const navigate = useNavigate();
  const { covered, openTask } = useTaskOverChat();
  const before = useRef<Element | null>(null);

  const show = () => {
    if (oneColumn) void navigate({ ...page, params: {} });
    else if (!onPage) {
      if (!open) before.current = document.activeElement;
      setOpen(true);
      if (covered) openTask(undefined);
    }
    focusSoon(chatLine);
  };
  const close = () => {
    setOpen(false);
    // Whoever came from a list goes on there.
    const back = before.current instanceof HTMLElement && before.current.isConnected && before.current !== document.body ? before.current : document.getElementById("main");
    back?.focus();
  };
  useCommands({ chat: { run: show, when: () => there } });

  if (!there || !open || oneColumn || onPage) return null;
  return <ChatPanel onClose={close} onExpand={(id) => void navigate({ ...page, params: { id } })} onOpen={openTask} />;
});

/** A task that is opened from the chat lies over it where there is no room for both. The focus goes there, and comes back. */
function useTaskOverChat(): { covered: boolean; openTask: (id: string | undefined) => void } {
  const { task } = useSearch({ from: "__root__" });
  const roomy = useMedia(roomForAll);
  const covered = !roomy && task !== undefined;
  const open = useOpenTask();
  const card = useRef<Element | null>(null);
  useEffect(() => {
    if (covered || !card.current) return;
    if (card.current instanceof HTMLElement && card.current.isConnected) card.current.focus();
    else focusSoon(chatLine);
    card.current = null;
  }, [covered]);
  const openTask = (id: string | undefined) => {
    card.current = id === undefined ? null : document.activeElement;
    open(id);
    if (id !== undefined && !roomy) focusSoon("[data-pane]");
  };
  return { covered, openTask };
}

/** The chat as a page of its own. */
export const ChatScreen = asksServer(function ChatScreen() {
  const there = useIsThere();
  const abilities = useAbilities();
  const { id } = useParams({ strict: false });
  const navigate = useNavigate();
  const open = useOpenTask();
  if (!there) return abilities === undefined ? null : <Nowhere />;
  return <ChatPage id={id} onShow={(next) => void navigate({ ...page, params: next === undefined ? {} : { id: next } })} onOpen={open} />;
});
