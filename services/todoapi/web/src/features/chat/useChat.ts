import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { type Abilities, chatOperations } from "../../api/chat";
import { ApiError, client } from "../../api/http";
import { newId } from "../../store/acts";
import { useStore } from "../../store/hooks";
import type { Store } from "../../store/store";
import { later } from "../../sync/later";
import { useStored } from "../../ui/stored";
import { readAnswer } from "./answer";
import { Chat, type Chatbot } from "./chat";
import { Keeping } from "./kept";
import type { Talk } from "./talk";

/** Each person has conversations of their own: signing out leaves nothing for the next. */
const chats = new WeakMap<Store, Chat>();

/** The conversations of the person, which are the same wherever they are shown. */
export function useChat(): Chat {
  const store = useStore();
  const known = chats.get(store);
  if (known) return known;
  const user = client.person()?.id ?? "";
  const chat = new Chat({
    bot: botFor(user),
    kept: new Keeping(user),
    newId,
    now: Date.now,
    later,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  chats.set(store, chat);
  return chat;
}

function botFor(user: string): Chatbot {
  return {
    read: (id) => client.call(chatOperations.read, { path: { id } }, user),
    remove: async (id) => {
      await client.call(chatOperations.remove, { path: { id } }, user);
    },
    say: (id, { id: message, text, to }, onText) =>
      client.stream(chatOperations.say, { path: { id }, body: { id: message, text, ...(to !== undefined && { to }) } }, (response) => readAnswer(response, onText), user),
  };
}

export function useTalk(id: string): Talk {
  const chat = useChat();
  return useSyncExternalStore(chat.subscribe, () => chat.talk(id));
}

/** The conversation that is open. */
export function useCurrent(): string {
  const chat = useChat();
  return useSyncExternalStore(chat.subscribe, chat.current);
}

/** What the chatbot can do here; null: there is none. undefined until that is known. */
export function useAbilities(): Abilities | null | undefined {
  const { i18n } = useTranslation();
  // What it suggests is in the person's language.
  return useQuery({ queryKey: ["chat", i18n.language], queryFn: readAbilities, staleTime: Infinity }).data;
}

async function readAbilities(): Promise<Abilities | null> {
  try {
    return await client.call(chatOperations.abilities, {});
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** Whether there is a chatbot. Until the server has answered, or without the network, it is as it was last. */
export function useIsThere(): boolean {
  const abilities = useAbilities();
  const [was, note] = useStored("todo.chat.there");
  const there = abilities === undefined ? was === "yes" : abilities !== null;
  useEffect(() => {
    if (there !== (was === "yes")) note(there ? "yes" : "no");
  }, [there, was, note]);
  return there;
}

/** Whether an answer has come that nobody looked at. */
export function useNews(looking: boolean): boolean {
  const chat = useChat();
  const answers = useSyncExternalStore(chat.subscribe, chat.revision);
  const [seen, setSeen] = useState(answers);
  if (looking && seen !== answers) setSeen(answers);
  return !looking && seen !== answers;
}

/** Whether the panel is open beside every screen, which the device remembers. */
export function usePanel(): { open: boolean; setOpen: (open: boolean) => void } {
  const [stored, store] = useStored("todo.chat");
  return { open: stored === "open", setOpen: (open) => store(open ? "open" : "closed") };
}
