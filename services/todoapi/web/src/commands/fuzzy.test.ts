import { describe, expect, test } from "vitest";
import { best, fit, plain } from "./fuzzy";

const found = (typed: string, texts: string[]) => best(typed, texts, plain, 10);

describe("best", () => {
  test.each([
    ["letters in their order are enough", "gtd", ["Garden", "Go to today"], ["Go to today"]],
    ["what begins a word comes before what lies within", "go", ["Cargo list", "Go shopping"], ["Go shopping", "Cargo list"]],
    ["a whole piece comes before scattered letters", "tax", ["Talk about exams", "Pay the tax"], ["Pay the tax", "Talk about exams"]],
    ["initials find words", "cd", ["Calendar", "Call the dentist"], ["Call the dentist", "Calendar"]],
    ["case and accents do not matter", "ecole", ["Work", "École"], ["École"]],
    ["nothing typed finds all as they are", "", ["B", "A"], ["B", "A"]],
  ])("%s", (_, typed, texts, wanted) => {
    expect(found(typed, texts)).toEqual(wanted);
  });

  test("ends at its limit", () => {
    expect(best("a", ["abc", "a", "ab"], plain, 2)).toEqual(["a", "ab"]);
  });
});

test("letters out of their order do not fit", () => {
  expect(fit("ba", "ab")).toBeNull();
});
