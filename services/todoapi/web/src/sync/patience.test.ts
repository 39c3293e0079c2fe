import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError, NetworkError } from "../api/http";
import { delayMs, Patience, Stopped } from "./patience";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function failing(...errors: Error[]) {
  return vi.fn(() => {
    const error = errors.shift();
    return error ? Promise.reject(error) : Promise.resolve("done");
  });
}

const lost = new NetworkError(new TypeError("failed to fetch"));

test("full jitter: any delay up to a bound that doubles, to a limit", () => {
  expect(delayMs(0, 0)).toBe(0);
  expect(delayMs(0, 1)).toBe(500);
  expect(delayMs(3, 0.5)).toBe(2_000);
  expect(delayMs(50, 1)).toBe(30_000);
});

test.each<[name: string, error: Error, ms: number]>([
  ["no answer", lost, 500],
  ["a server that is away", new ApiError(503, ""), 500],
  ["a request that took too long", new ApiError(408, ""), 500],
  ["a limit, for as long as it says", new ApiError(429, "", undefined, 45_000), 45_000],
])("%s is waited for", async (_name, error, ms) => {
  const work = failing(error);
  const result = new Patience(() => 1).until(work);
  await vi.advanceTimersByTimeAsync(ms - 1);
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await result).toBe("done");
});

test.each([400, 404, 409, 412, 422, 500])("a refusal with %d stays", async (status) => {
  await expect(new Patience(() => 1).until(failing(new ApiError(status, "no")))).rejects.toMatchObject({ status });
});

test("reads are repeated after a defect of the server too", async () => {
  const result = new Patience(() => 1).read(failing(new ApiError(500, "")));
  await vi.advanceTimersByTimeAsync(500);
  expect(await result).toBe("done");
});

test("whoever is back does not wait", async () => {
  const patience = new Patience(() => 1);
  const result = patience.until(failing(...Array<Error>(3).fill(lost)));
  for (let times = 0; times < 3; times += 1) {
    await vi.advanceTimersByTimeAsync(0);
    patience.wake();
  }
  expect(await result).toBe("done");
});

test("nothing is tried any more once it is stopped", async () => {
  const patience = new Patience(() => 1);
  const work = failing(lost);
  const ended = expect(patience.until(work)).rejects.toThrow(Stopped);
  await vi.advanceTimersByTimeAsync(0);
  patience.stop();
  await ended;
  expect(work).toHaveBeenCalledTimes(1);
});
