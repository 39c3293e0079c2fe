import { describe, expect, test, vi } from "vitest";
import type { QuickAddTask, Span } from "../../api/types";
import { chipsOf, fieldsOfLine, linesOf, moveChips, moveRanges, type Range, say, toBytes, understand } from "./quickAdd";

const zone = "Europe/Berlin";
const now = new Date("2026-11-26T09:00:00Z");

/** A task read from a text, with a span for each of the named words of it. */
function read(text: string, words: [Span["kind"], string][], part: Partial<QuickAddTask> = {}): QuickAddTask {
  const spans = words.map(([kind, word]): Span => {
    const startUTF16 = text.indexOf(word);
    return { kind, text: word, start: 0, end: 0, startUTF16, endUTF16: startUTF16 + word.length };
  });
  return { title: text, priority: 4, tags: [], reminders: [], ...part, spans };
}

function range(text: string, word: string): Range {
  return { start: text.indexOf(word), end: text.indexOf(word) + word.length };
}

describe("what tasks cannot hold", () => {
  test.each<[Span["kind"], string]>([
    ["project", "#Home"],
    ["section", "/Trips"],
    ["deadline", "{friday}"],
    ["duration", "for 45 min"],
  ])("stays text: %s", async (kind, word) => {
    const text = `Call p1 ${word}`;
    const ask = vi.fn((ignore: Range[]) => Promise.resolve([read(text, ignore.length === 0 ? [["priority", "p1"], [kind, word]] : [["priority", "p1"]])]));
    const [task] = await understand(text, [], ask);
    expect(task?.spans.map((span) => span.kind)).toEqual(["priority"]);
    expect(ask.mock.calls).toEqual([[[]], [[range(text, word)]]]);
  });

  test("a reminder before a due date stays text without one", async () => {
    const text = "Call !30m";
    const reminded = (part: Partial<QuickAddTask>) => read(text, [["reminder", "!30m"]], { reminders: [{ minutesBefore: 30 }], ...part });
    const ask = (ignore: Range[]) => Promise.resolve([ignore.length > 0 ? read(text, []) : reminded({})]);
    expect((await understand(text, [], ask))[0]?.spans).toEqual([]);
    const kept = await understand(text, [], () => Promise.resolve([reminded({ due: { date: "2026-11-27" } })]));
    expect(kept[0]?.spans).toHaveLength(1);
  });

  test("an answer that never holds back ends", async () => {
    const text = "Call #Home";
    const ask = vi.fn(() => Promise.resolve([read(text, [["project", "#Home"]])]));
    await understand(text, [], ask);
    expect(ask.mock.calls.length).toBeLessThanOrEqual(text.length + 1);
  });

  test("what was dismissed is asked to stay text from the start", async () => {
    const ask = vi.fn(() => Promise.resolve([read("Call friday", [])]));
    await understand("Call friday", [{ start: 5, end: 11 }], ask);
    expect(ask.mock.calls).toEqual([[[{ start: 5, end: 11 }]]]);
  });
});

test("a line becomes the fields of a task", () => {
  const due = { date: "2026-11-27", time: "09:00", zone };
  const task = read("Call", [], { due, priority: 1, tags: ["phone"], reminders: [{ minutesBefore: 30 }] });
  expect(fieldsOfLine(task)).toEqual({
    title: "Call", notes: "", due, recurrence: null, priority: 1, tags: ["phone"], reminders: [{ minutesBefore: 30 }],
  });
});

describe("chips", () => {
  const words = (task: QuickAddTask, sentence?: string) => chipsOf(task, sentence, now, zone).map((chip) => chip.words);

  test("say what was understood, in the order of the line", () => {
    const text = "9am Call p1 friday @phone !30m !tomorrow";
    const task = read(
      text,
      [["time", "9am"], ["priority", "p1"], ["date", "friday"], ["tag", "@phone"], ["reminder", "!30m"], ["reminder", "!tomorrow"]],
      {
        due: { date: "2026-11-27", time: "09:00", zone },
        priority: 1,
        tags: ["phone"],
        reminders: [{ minutesBefore: 30 }, { at: "2026-11-27T08:00:00Z" }],
      },
    );
    expect(words(task)).toEqual(["Fri 27 Nov, 09:00", "p1", "@phone", "30 minutes before", "Fri 27 Nov, 09:00"]);
  });

  test("of a recurrence say its sentence, and where it begins when no date does", () => {
    const recurrence = { rule: "FREQ=DAILY;INTERVAL=3", anchor: "completion" } as const;
    const due = { date: "2026-11-26" };
    expect(words(read("Call every! 3 days", [["recurrence", "every! 3 days"]], { due, recurrence }), "every! 3 days")).toEqual([
      "every! 3 days, from Thu 26 Nov",
    ]);
    const dated = read("Call daily friday", [["recurrence", "daily"], ["date", "friday"]], { due: { date: "2026-11-27" }, recurrence });
    expect(words(dated, "every day")).toEqual(["every day", "Fri 27 Nov"]);
  });

  test.each([
    [0, "when it is due"],
    [1, "1 minute before"],
    [90, "90 minutes before"],
    [120, "2 hours before"],
    [1440, "1 day before"],
    [10080, "1 week before"],
  ])("a reminder of %i minutes reads %s", (minutesBefore, expected) => {
    expect(words(read("x !r", [["reminder", "!r"]], { due: { date: "2026-11-27" }, reminders: [{ minutesBefore }] }))).toEqual([expected]);
  });

  test("follow an edit beside them and go with an edit of their words", () => {
    const text = "Call friday p1";
    const chips = chipsOf(read(text, [["date", "friday"], ["priority", "p1"]], { due: { date: "2026-11-27" }, priority: 1 }), undefined, now, zone);
    const edited = "Call mum fridays p1";
    expect(moveChips(chips, text, "Call mum friday p1").map((chip) => chip.spans[0]?.startUTF16)).toEqual([9, 16]);
    expect(moveChips(chips, "Call friday p1", "").map((chip) => chip.words)).toEqual([]);
    expect(moveChips(moveChips(chips, text, "Call mum friday p1"), "Call mum friday p1", edited).map((chip) => chip.words)).toEqual(["Fri 27 Nov", "p1"]);
    expect(moveChips(chips, text, "Call frday p1").map((chip) => chip.words)).toEqual(["p1"]);
  });
});

test.each<[name: string, from: string, to: string, moved: Range[]]>([
  ["before them", "a friday", "ab friday", [{ start: 3, end: 9 }]],
  ["after them", "a friday", "a friday b", [{ start: 2, end: 8 }]],
  ["in them", "a friday", "a fryday", []],
  ["over all", "a friday", "", []],
  ["that repeats what is there", "a friday", "a a friday", [{ start: 4, end: 10 }]],
])("ranges after an edit %s", (_name, from, to, moved) => {
  expect(moveRanges([{ start: 2, end: 8 }], from, to)).toEqual(moved);
});

test("a button says its words in the line", () => {
  expect(say("Buy bread", undefined, "today")).toBe("Buy bread today");
  expect(say("Buy friday bread", range("Buy friday bread", "friday"), "today")).toBe("Buy today bread");
  expect(say("Buy friday bread", range("Buy friday bread", "friday"), "")).toBe("Buy bread");
  expect(say("", undefined, "p1")).toBe("p1");
});

test("lines are those that are not blank", () => {
  expect(linesOf(" a \r\n\n\tb\n")).toEqual(["a", "b"]);
  expect(linesOf("\n")).toEqual([]);
});

test("ranges are sent in bytes", () => {
  const text = "☎️ 𝕄um friday";
  expect(toBytes(text, [range(text, "friday")])).toEqual([{ start: 14, end: 20 }]);
});
