import type * as Api from "./generated/types.gen.ts";
import { type Answer, operation } from "./operations";

export type { Abilities, Card, Choice, Conversation, Entry, Message, Part } from "./generated/types.gen.ts";

/** The operations of the chat: most visits do without them at the start. */
export const chatOperations = {
  abilities: operation<Api.GetChatData, Api.GetChatResponse>("GET", "/chat"),
  list: operation<Api.ListConversationsData, Api.ListConversationsResponse>("GET", "/chat/conversations"),
  read: operation<Api.GetConversationData, Api.GetConversationResponse>("GET", "/chat/conversations/{id}"),
  remove: operation<Api.DeleteConversationData, Answer<Api.DeleteConversationResponses>>("DELETE", "/chat/conversations/{id}"),
  say: operation<Api.SayData, Api.SayResponse>("POST", "/chat/conversations/{id}/messages"),
};
