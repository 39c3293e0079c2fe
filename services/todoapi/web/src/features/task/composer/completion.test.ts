import { describe, expect, test } from "vitest";
import { type Kinds, nothing } from "../../../store/model";
import { complete, suggestionsFor, tokenAt } from "./completion";

describe("a token", () => {
  test.each([
    ["Call #Wo", { sign: "#", word: "Wo", start: 5, end: 8 }],
    ["#", { sign: "#", word: "", start: 0, end: 1 }],
    ['Pack @"on the', { sign: "@", word: "on the", start: 5, end: 13 }],
    ["a\n/La", { sign: "/", word: "La", start: 2, end: 5 }],
    ["bob@example", null],
    ["either/or", null],
    ["Call #Work now", null],
    ["", null],
  ])("in %j is %j", (text, token) => expect(tokenAt(text, text.length)).toEqual(token));

  test("ends at the caret", () => {
    expect(tokenAt("Call #Work now", 8)).toEqual({ sign: "#", word: "Wo", start: 5, end: 8 });
  });
});

const at = { version: 1, createdAt: "", updatedAt: "", position: "" };
const project = (id: string, name: string, archivedAt: string | null = null): Kinds["projects"] => ({ ...at, id, name, archivedAt, parentId: null, colour: "blue", favourite: false });
const known = {
  projects: new Map([project("p1", "Homework"), project("p2", "Work"), project("p3", "Summer house"), project("p4", "Work of old", "2026-01-01T00:00:00Z")].map((one) => [one.id, one])),
  sections: new Map([{ ...at, id: "s1", name: "Later", projectId: "p2" }, { ...at, id: "s2", name: "Lawn", projectId: "p3" }].map((one) => [one.id, one])),
  tags: new Map([{ ...at, id: "t1", name: "phone", colour: "red", favourite: false }].map((one) => [one.id, one])),
};

const suggested = (typed: string, projectId: string | null = null) => {
  const token = tokenAt(typed, typed.length);
  return token ? suggestionsFor(token, known, projectId).map(({ text }) => text) : [];
};

describe("suggestions", () => {
  test.each([
    ["#wor", null, ["#Work", "#Homework"]],
    ["#sum", null, ['#"Summer house"']],
    ["@ph", null, ["@phone"]],
    ["/la", "p2", ["#Work/Later"]],
    ["/la", "p3", ['#"Summer house"/Lawn']],
    ["/la", null, []],
    ["#xyz", null, []],
  ])("for %s in %s are %j", (typed, projectId, texts) => expect(suggested(typed, projectId)).toEqual(texts));

  test("of nobody are none", () => {
    expect(suggestionsFor({ sign: "@", word: "", start: 0, end: 1 }, nothing, null)).toEqual([]);
  });
});

test("a suggestion takes the place of what was typed, with a space after it", () => {
  const token = tokenAt("Call #wo now", 8);
  const [first] = token ? suggestionsFor(token, known, null) : [];
  if (!token || !first) throw new Error("nothing was suggested");
  expect(complete("Call #wo now", token, first)).toEqual({ text: "Call #Work now", caret: 11 });
  expect(complete("Call #wo", token, first)).toEqual({ text: "Call #Work ", caret: 11 });
});
