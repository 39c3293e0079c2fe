import type * as Api from "./chatTypes";
import { operation } from "./operations";

export type { Abilities, Card, Choice, Conversation, Entry, Message, Part } from "./chatTypes";

/** The operations of the chat: most visits do without them at the start. */
export const chatOperations = {
  abilities: operation<Api.GetChatData, Api.Abilities>("GET", "/chat"),
  list: operation<Api.ListConversationsData, { items: Api.Entry[] }>("GET", "/chat/conversations"),
  read: operation<Api.GetConversationData, Api.Conversation>("GET", "/chat/conversations/{id}"),
  remove: operation<Api.DeleteConversationData, unknown>("DELETE", "/chat/conversations/{id}"),
  say: operation<Api.SayData, Api.Message>("POST", "/chat/conversations/{id}/messages"),
};
