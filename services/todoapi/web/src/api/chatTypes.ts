import type { Due } from "./types";

/** Stands in for the generated types until the document of the API has the chat. */

export interface Choice {
  label: string;
  say: string;
}

export interface Card {
  id: string;
  title: string;
  due?: Due | null;
  priority: 1 | 2 | 3 | 4;
  projectId?: string;
  completedAt?: string;
}

export interface Part {
  kind: "tasks" | "choices" | "consent" | "done" | "suggestions";
  tasks?: Card[];
  total?: number;
  choices?: Choice[];
  group?: string;
}

export interface Message {
  id: string;
  role: "person" | "assistant";
  at: string;
  text: string;
  parts?: Part[];
}

export interface Entry {
  id: string;
  title: string;
  updatedAt: string;
}

export interface Conversation extends Entry {
  createdAt: string;
  messages: Message[];
}

export interface Abilities {
  model: boolean;
  languages: string[];
  suggestions: Choice[];
}

export interface Saying {
  id: string;
  text: string;
  to?: string;
}

interface OfOne {
  path: { id: string };
}

export interface GetChatData {
  url: "/chat";
}
export interface ListConversationsData {
  url: "/chat/conversations";
}
export interface GetConversationData extends OfOne {
  url: "/chat/conversations/{id}";
}
export interface DeleteConversationData extends OfOne {
  url: "/chat/conversations/{id}";
}
export interface SayData extends OfOne {
  url: "/chat/conversations/{id}/messages";
  body: Saying;
}
