import { describe, expect, test } from "vitest";
import { ApiError } from "../../api/http";
import { undoImport } from "./importRun";

describe("undoing an import", () => {
  test("goes from the last act to the first, and waits when it is told to", async () => {
    const asked: string[] = [];
    const waits: number[] = [];
    const undo = async (group: string) => {
      asked.push(group);
      if (asked.length === 2) throw new ApiError(429, "too fast", new Map(), 3_000);
      await Promise.resolve();
    };
    const told: number[] = [];
    const answer = await undoImport(["1", "2", "3"], (done) => told.push(done), undo, (ms) => Promise.resolve(waits.push(ms)));
    expect(asked).toEqual(["3", "2", "2", "1"]);
    expect(waits).toEqual([3_000]);
    expect(told).toEqual([1, 2, 3]);
    expect(answer).toEqual({ undone: 3, left: 0 });
  });

  test("leaves what was changed since, and goes on", async () => {
    const undo = (group: string) => (group === "2" ? Promise.reject(new ApiError(409, "changed since")) : Promise.resolve());
    expect(await undoImport(["1", "2"], () => undefined, undo)).toEqual({ undone: 1, left: 1 });
  });

  test("ends when the server is not there", async () => {
    await expect(undoImport(["1"], () => undefined, () => Promise.reject(new Error("away")))).rejects.toThrow("away");
  });
});
