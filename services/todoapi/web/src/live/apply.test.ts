import { describe, expect, test } from "vitest";
import { boardOf, guess, merge, remove, restore } from "../features/tasks/board";
import { changeOf, settingsOf, taskOf } from "../testing/factories";
import { applyChange } from "./apply";

const old = taskOf({ id: "a", version: 1, title: "old" });
const edited = taskOf({ id: "a", version: 2, title: "edited" });
const board = boardOf({ head: 10, settings: settingsOf({ zone: "Europe/Berlin" }), tasks: [old] });

function title(id: string, from: typeof board): string | undefined {
  return from.tasks.get(id)?.title;
}

describe("a change of the feed", () => {
  test.each([
    { name: "adds a task", change: changeOf(11, "task.created", taskOf({ id: "b" })), ids: ["a", "b"], head: 11 },
    { name: "replaces a task", change: changeOf(11, "task.updated", edited), ids: ["a"], head: 11 },
    { name: "removes a task", change: changeOf(11, "task.deleted", null, old), ids: [], head: 11 },
    { name: "of an unknown type still carries its task", change: changeOf(11, "task.moved", taskOf({ id: "b" })), ids: ["a", "b"], head: 11 },
    { name: "of another entity moves the head alone", change: changeOf(11, "account.created", null), ids: ["a"], head: 11 },
    { name: "of another entity is no task", change: { ...changeOf(11, "comment.created", taskOf({ id: "b" })) }, ids: ["a"], head: 11 },
    { name: "that is known already does nothing", change: changeOf(10, "task.deleted", null, old), ids: ["a"], head: 10 },
  ])("$name", ({ change, ids, head }) => {
    const after = applyChange(board, change);
    expect([...after.tasks.keys()]).toEqual(ids);
    expect(after.head).toBe(head);
  });

  test("of the settings moves the person to another zone", () => {
    const after = applyChange(board, changeOf(11, "settings.updated", settingsOf({ zone: "Asia/Kolkata" }), settingsOf({})));
    expect([after.zone, after.head, [...after.tasks.keys()]]).toEqual(["Asia/Kolkata", 11, ["a"]]);
    expect(board.zone).toBe("Europe/Berlin");
  });

  test("that is older than an answer does not undo it", () => {
    const answered = merge(board, taskOf({ id: "a", version: 3, title: "answered" }));
    expect(title("a", applyChange(answered, changeOf(11, "task.updated", edited)))).toBe("answered");
  });

  test("does not bring back a task deleted here", () => {
    const after = applyChange(remove(board, "a"), changeOf(11, "task.updated", edited));
    expect(after.tasks.has("a")).toBe(false);
  });

  test("leaves the board before it as it was", () => {
    applyChange(board, changeOf(11, "task.updated", edited));
    expect(title("a", board)).toBe("old");
  });
});

describe("a guess", () => {
  test("gives way to the answer", () => {
    const guessed = guess(board, "a", { completedAt: "2026-03-01T09:00:00Z" });
    expect(guessed.tasks.get("a")?.completedAt).not.toBeNull();
    expect(title("a", merge(guessed, edited))).toBe("edited");
  });

  test("is taken back by the task as it was", () => {
    const guessed = guess(board, "a", { completedAt: "2026-03-01T09:00:00Z" });
    expect(merge(guessed, old).tasks.get("a")?.completedAt).toBeNull();
  });

  test("about a task that is gone does nothing", () => {
    expect(guess(board, "gone", { title: "x" })).toBe(board);
  });
});

test("a refused deletion brings the task back", () => {
  expect(restore(remove(board, "a"), old).tasks.get("a")).toEqual(old);
});
