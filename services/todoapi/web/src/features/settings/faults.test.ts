import { describe, expect, test } from "vitest";
import { ApiError } from "../../api/http";
import { remarksOf, sentenceOf } from "./faults";

describe("what the server refuses of a form", () => {
  test("stands at the fields that it is about, as sentences", () => {
    const error = new ApiError(422, "…", new Map([["body.url", "must begin with https://"], ["body.types[2]", "there is no such type"]]));
    expect(remarksOf(error, ["url", "types"])).toEqual({ fields: { url: "Must begin with https://.", types: "There is no such type." } });
  });

  test("stands beside the form where it has no such field", () => {
    const error = new ApiError(422, "…", new Map([["body.size", "is too large"]]));
    expect(remarksOf(error, ["url"])).toEqual({ fields: {}, rest: "Size is too large." });
  });

  test("is the reason itself where no field is named", () => {
    expect(remarksOf(new ApiError(409, "there are 50 tokens already"), ["name"])).toEqual({ fields: {}, rest: "There are 50 tokens already." });
  });
});

test.each([
  ["must be one line", "Must be one line."],
  ["Done already.", "Done already."],
  ["", ""],
])("the remark %j becomes the sentence %j", (remark, sentence) => {
  expect(sentenceOf(remark)).toBe(sentence);
});
