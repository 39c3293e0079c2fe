import { expect, test } from "vitest";
import { changeOf, taskOf } from "../../../testing/factories";
import { entriesOf, isAll } from "./activity";

const first = taskOf({ id: "a", title: "Trip" });
const second = taskOf({ id: "a", title: "Journey", priority: 1, position: "x" });

test("the activity of a task is what the changes tell of it, the latest first", () => {
  const changes = [
    changeOf(1, "task.created", first),
    changeOf(2, "task.created", taskOf({ id: "b" })),
    changeOf(3, "task.updated", second, first),
    changeOf(4, "comment.created", { id: "c", taskId: "a", text: "hm" }),
    changeOf(5, "comment.created", { id: "d", taskId: "b", text: "hm" }),
    changeOf(6, "task.completed", second, second),
  ];
  expect(entriesOf(changes, "a").map(({ seq, verb, fields }) => [seq, verb, ...fields])).toEqual([
    [6, "completed"],
    [4, "commented"],
    [3, "updated", "title", "priority"],
    [1, "created"],
  ]);
});

test("what only puts it into another order is left out", () => {
  expect(entriesOf([changeOf(1, "task.updated", taskOf({ id: "a", position: "2" }), taskOf({ id: "a", position: "1" }))], "a")).toEqual([]);
});

test("all is there once its beginning is", () => {
  expect(isAll(entriesOf([changeOf(1, "task.created", first)], "a"))).toBe(true);
  expect(isAll(entriesOf([changeOf(3, "task.updated", second, first)], "a"))).toBe(false);
});
