import { describe, expect, test } from "vitest";
import type { QuickAddTask, Span } from "../../../api/types";
import { chipsOf, fieldsOfLine, linesOf, moveChips, moveRanges, pieceAt, type Range, say, toBytes, type Words } from "./quickAdd";

const zone = "Europe/Berlin";
const said: Words = {
  due: ({ date, time }) => (time ? `${date} ${time}` : date),
  moment: (instant) => `at ${instant}`,
  before: (minutes) => `${minutes} before`,
  deadline: ({ date }) => `by ${date}`,
  duration: (seconds) => `for ${seconds}`,
  recurrence: (sentence, from) => (from === null ? sentence : `${sentence}, from ${from}`),
};

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

test("a line becomes the fields of a task", () => {
  const due = { date: "2026-11-27", time: "09:00", zone };
  const whole = { due, priority: 1, tags: ["phone"], reminders: [{ minutesBefore: 30 }], deadline: { date: "2026-12-01" }, durationSeconds: 5400 } as const;
  expect(fieldsOfLine(read("Call", [], { ...whole, tags: ["phone"], reminders: [{ minutesBefore: 30 }] }))).toEqual({
    title: "Call", due, priority: 1, tags: ["phone"], reminders: [{ minutesBefore: 30 }], deadline: "2026-12-01", durationMinutes: 90,
  });
  expect(fieldsOfLine(read("Call", []))).toEqual({ title: "Call", priority: 4, tags: [], reminders: [] });
});

describe("chips", () => {
  const words = (task: QuickAddTask, sentence?: string) => chipsOf(task, sentence, said).map((chip) => chip.words);

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
    expect(words(task)).toEqual(["2026-11-27 09:00", "30 before", "at 2026-11-27T08:00:00Z"]);
  });

  test("of a recurrence say its sentence, and where it begins when no date does", () => {
    const recurrence = { rule: "FREQ=DAILY;INTERVAL=3", anchor: "completion" } as const;
    const due = { date: "2026-11-26" };
    expect(words(read("Call every! 3 days", [["recurrence", "every! 3 days"]], { due, recurrence }), "every! 3 days")).toEqual([
      "every! 3 days, from 2026-11-26",
    ]);
    const dated = read("Call daily friday", [["recurrence", "daily"], ["date", "friday"]], { due: { date: "2026-11-27" }, recurrence });
    expect(words(dated, "every day")).toEqual(["every day", "2026-11-27"]);
  });

  test("say until when and how long, where the line does", () => {
    const task = read("Report {friday} for 45 min", [["deadline", "{friday}"], ["duration", "for 45 min"]], { deadline: { date: "2026-11-27" }, durationSeconds: 2700 });
    expect(words(task)).toEqual(["by 2026-11-27", "for 2700"]);
  });

  test("follow an edit beside them and go with an edit of their words", () => {
    const text = "Call friday !30m";
    const task = read(text, [["date", "friday"], ["reminder", "!30m"]], { due: { date: "2026-11-27" }, reminders: [{ minutesBefore: 30 }] });
    const chips = chipsOf(task, undefined, said);
    expect(moveChips(chips, text, "Call mum friday !30m").map((chip) => chip.spans[0]?.startUTF16)).toEqual([9, 16]);
    expect(moveChips(chips, text, "").map((chip) => chip.words)).toEqual([]);
    expect(moveChips(chips, text, "Call frday !30m").map((chip) => chip.words)).toEqual(["30 before"]);
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

test("a mark is found where the caret is in it, or right behind it for a backspace", () => {
  const marks = [{ start: 5, end: 11 }];
  expect(pieceAt(marks, 7, false)).toBe(marks[0]);
  expect(pieceAt(marks, 11, false)).toBeUndefined();
  expect(pieceAt(marks, 11, true)).toBe(marks[0]);
  expect(pieceAt(marks, 7, true)).toBeUndefined();
});
