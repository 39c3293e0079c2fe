import { describe, expect, test, vi } from "vitest";
import type { Conversation, Message } from "../../api/chat";
import { ApiError, NetworkError } from "../../api/http";
import { Chat, type Chatbot } from "./chat";
import { Keeping } from "./kept";
import { chosenOf, isOpen, saidOf, type Saying } from "./talk";

const at = "2026-03-11T09:00:00.000Z";

/** A chatbot that answers each id once, whatever becomes of its answers. */
class FakeBot implements Chatbot {
  readonly heard: string[] = [];
  readonly conversations = new Map<string, Conversation>();
  /** How the next answers come: whole where nothing is named. */
  readonly fates: ("lost" | "late" | Error)[] = [];
  private waiting: (() => void)[] = [];

  read(id: string): Promise<Conversation> {
    const conversation = this.conversations.get(id);
    return conversation ? Promise.resolve(structuredClone(conversation)) : Promise.reject(new ApiError(404, "there is no such conversation"));
  }

  remove(id: string): Promise<void> {
    this.conversations.delete(id);
    return Promise.resolve();
  }

  async say(id: string, { id: message, text }: Saying, onText: (piece: string) => void): Promise<Message> {
    this.heard.push(`${message} ${text}`);
    const fate = this.fates.shift();
    if (fate instanceof Error) throw fate;
    const answer = this.answer(id, message, text);
    onText(answer.text.slice(0, 5));
    if (fate === "late") await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (fate === "lost") throw new NetworkError(new TypeError("broken"));
    onText(answer.text.slice(5));
    return answer;
  }

  deliver(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private answer(id: string, message: string, text: string): Message {
    const conversation = this.conversations.get(id) ?? { id, title: text, createdAt: at, updatedAt: at, messages: [] };
    this.conversations.set(id, conversation);
    const known = conversation.messages.findIndex((one) => one.id === message);
    if (known < 0) conversation.messages.push({ id: message, role: "person", at, text }, { id: `re:${message}`, role: "assistant", at, text: `Done: ${text}` });
    return conversation.messages.at(known < 0 ? -1 : known + 1) ?? { id: "", role: "assistant", at, text: "" };
  }
}

function memory() {
  const items = new Map<string, string>();
  return { getItem: (name: string) => items.get(name) ?? null, setItem: (name: string, text: string) => void items.set(name, text), removeItem: (name: string) => void items.delete(name) };
}

/** A window of a person, whose storage may be that of a former one. */
function windowOf({ bot = new FakeBot(), storage = memory() } = {}) {
  let made = 0;
  const waits: number[] = [];
  const chat = new Chat({
    bot,
    kept: new Keeping("ada", storage),
    newId: () => `id-${(made += 1)}-${bot.heard.length}`,
    now: () => Date.parse(at),
    later: (work) => work(),
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  });
  return { chat, bot, storage, waits };
}

const texts = (chat: Chat, id: string) => chat.talk(id).messages.map(({ text }) => text);
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("what is said", () => {
  test("stands there at once, with as much of the answer as has come", async () => {
    const { chat, bot } = windowOf();
    bot.fates.push("late");
    expect(chat.say("c", "add milk")).toBe(true);
    expect(chat.talk("c")).toMatchObject({ pending: { text: "add milk" }, answer: "Done:", messages: [] });
    bot.deliver();
    await settled();
    expect(chat.talk("c")).toMatchObject({ pending: null, answer: "", title: "add milk" });
    expect(texts(chat, "c")).toEqual(["add milk", "Done: add milk"]);
  });

  test("waits for the answer to what was said before", async () => {
    const { chat, bot } = windowOf();
    bot.fates.push("late");
    chat.say("c", "add milk");
    expect(chat.say("c", "add bread")).toBe(false);
    bot.deliver();
    await settled();
    expect(chat.say("c", "add bread")).toBe(true);
  });

  test("is said again under its id where the answer was lost, and is answered once", async () => {
    const { chat, bot, waits } = windowOf();
    bot.fates.push("lost", new ApiError(503, "away"));
    chat.say("c", "add milk");
    await settled();
    expect([bot.heard, waits]).toEqual([Array(3).fill(bot.heard[0]), [500, 2_000]]);
    expect(texts(chat, "c")).toEqual(["add milk", "Done: add milk"]);
  });

  test("is still being answered when it is said again so soon", async () => {
    const { chat, bot } = windowOf();
    bot.fates.push("lost", new ApiError(409, "something else is answered"));
    chat.say("c", "add milk");
    await settled();
    expect([bot.heard.length, texts(chat, "c")]).toEqual([3, ["add milk", "Done: add milk"]]);
  });

  test("is left to the person after three times, who says it again under the same id", async () => {
    const { chat, bot } = windowOf();
    bot.fates.push("lost", "lost", "lost");
    chat.say("c", "add milk");
    await settled();
    expect(chat.talk("c")).toMatchObject({ pending: { text: "add milk" }, answer: "", fault: { refused: false } });
    chat.again("c");
    await settled();
    expect(texts(chat, "c")).toEqual(["add milk", "Done: add milk"]);
    expect(new Set(bot.heard).size).toBe(1);
    expect(bot.conversations.get("c")?.messages).toHaveLength(2);
  });

  test.each([
    [422, true],
    [409, true],
    [429, false],
    [500, false],
  ])("is not said again by itself when the server answers %i; that nothing was done is known: %s", async (status, refused) => {
    const { chat, bot } = windowOf();
    bot.fates.push(new ApiError(status, "why"));
    chat.say("c", "add milk");
    await settled();
    expect(bot.heard).toHaveLength(1);
    expect(chat.talk("c").fault).toEqual({ refused, message: "why" });
  });

  test("and refused comes back to be changed, unless it was a choice", async () => {
    const { chat, bot } = windowOf();
    bot.fates.push(new ApiError(422, "too long"), new ApiError(409, "no longer open"));
    chat.say("c", "add milk");
    await settled();
    expect(chat.takeBack("c")).toBe("add milk");
    chat.say("c", "yes", "some-message");
    await settled();
    expect(chat.takeBack("c")).toBe("");
    expect(chat.talk("c")).toMatchObject({ pending: null, fault: null, messages: [] });
  });
});

describe("a page that is closed before the answer", () => {
  test("shows the answer when it is opened again", async () => {
    const { chat, bot, storage } = windowOf();
    bot.fates.push("late");
    chat.say("c", "add milk");
    const next = windowOf({ bot, storage }).chat;
    next.open("c");
    await settled();
    expect(texts(next, "c")).toEqual(["add milk", "Done: add milk"]);
    expect(next.talk("c").pending).toBeNull();
  });

  test("still has what never got through, to be said again", async () => {
    const { chat, bot, storage } = windowOf();
    bot.fates.push(new NetworkError(""), new NetworkError(""), new NetworkError(""));
    chat.say("c", "add milk");
    await settled();
    const next = windowOf({ bot, storage }).chat;
    next.open("c");
    await settled();
    expect(next.talk("c")).toMatchObject({ state: "there", pending: { text: "add milk" }, fault: { refused: false } });
    next.again("c");
    await settled();
    expect(texts(next, "c")).toEqual(["add milk", "Done: add milk"]);
    expect(new Set(bot.heard).size).toBe(1);
  });

  test("has the conversation that was open, and what was typed there", () => {
    const { chat, bot, storage } = windowOf();
    chat.begin();
    chat.keepDraft(chat.current(), "add br");
    const next = windowOf({ bot, storage }).chat;
    expect(next.draft(next.current())).toBe("add br");
  });
});

describe("a conversation", () => {
  test("shows what was said in it elsewhere when it is opened", async () => {
    const { bot, chat } = windowOf();
    const other = windowOf({ bot }).chat;
    other.say("c", "add milk");
    await settled();
    chat.open("c");
    await settled();
    other.say("c", "add bread");
    await settled();
    chat.open("c");
    await settled();
    expect(texts(chat, "c")).toHaveLength(4);
  });

  test("that cannot be read says so, and one that is gone is empty", async () => {
    const { chat, bot } = windowOf();
    chat.open("gone");
    vi.spyOn(bot, "read").mockRejectedValueOnce(new NetworkError(""));
    chat.open("away");
    await settled();
    expect([chat.talk("gone").state, chat.talk("away").state]).toEqual(["there", "failed"]);
    bot.conversations.set("away", { id: "away", title: "t", createdAt: at, updatedAt: at, messages: [{ id: "m", role: "person", at, text: "hello" }] });
    chat.open("away");
    await settled();
    expect(texts(chat, "away")).toEqual(["hello"]);
  });

  test("has an answer that came while an older state of it was read", async () => {
    const { chat, bot } = windowOf();
    chat.say("c", "add milk");
    await settled();
    let arrive: () => void = () => undefined;
    const before = await bot.read("c");
    vi.spyOn(bot, "read").mockReturnValueOnce(new Promise((resolve) => (arrive = () => resolve(before))));
    chat.open("c");
    chat.say("c", "add bread");
    await settled();
    arrive();
    await settled();
    expect(texts(chat, "c")).toEqual(["add milk", "Done: add milk", "add bread", "Done: add bread"]);
  });

  test("that was deleted elsewhere is empty", async () => {
    const { chat, bot } = windowOf();
    chat.say("c", "add milk");
    await settled();
    await bot.remove("c");
    chat.open("c");
    await settled();
    expect(chat.talk("c")).toMatchObject({ state: "there", messages: [] });
  });

  test("that is deleted makes room for a new one", async () => {
    const { chat, bot } = windowOf();
    chat.open("c");
    chat.say("c", "add milk");
    await settled();
    await chat.remove("c");
    expect(chat.current()).not.toBe("c");
    expect([bot.conversations.size, texts(chat, chat.current())]).toEqual([0, []]);
  });
});

test("only what the last message offers can be chosen, and what was chosen of the others is known", async () => {
  const { chat, bot } = windowOf();
  chat.say("c", "delete all");
  await settled();
  const [, question] = chat.talk("c").messages;
  if (!question) throw new Error("there is no question");
  expect([isOpen(chat.talk("c"), question), chosenOf(chat.talk("c"), question)]).toEqual([true, undefined]);
  bot.fates.push("late");
  chat.say("c", "yes", question.id);
  expect([isOpen(chat.talk("c"), question), chosenOf(chat.talk("c"), question)]).toEqual([false, "yes"]);
  bot.deliver();
  await settled();
  expect([isOpen(chat.talk("c"), question), chosenOf(chat.talk("c"), question)]).toEqual([false, "yes"]);
  expect(saidOf(chat.talk("c"))).toEqual(["yes", "delete all"]);
});
