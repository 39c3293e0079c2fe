import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { ApiError, NetworkError } from "../../api/http";
import { readAnswer } from "./answer";

const answer = { id: "m2", role: "assistant" as const, at: "2026-03-11T09:00:00Z", text: "Zwei Aufgaben: Äpfel 🍎 kaufen.\n\nUnd Brot.", parts: [] };
const pieces = ["Zwei Aufgaben: Äpfel ", "🍎 kaufen.\n", "\nUnd Brot."];

const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
const texts = pieces.map((text) => event("text", { text })).join("");

/** A stream whose bytes come cut at any places, also within a letter. */
function streamOf(text: string, cuts: readonly number[] = [], end: "closes" | "breaks" = "closes"): Response {
  const bytes = new TextEncoder().encode(text);
  const places = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
  const parts = places.map((from, at) => bytes.slice(from, places[at + 1] ?? bytes.length)).filter(({ length }) => length > 0);
  const body = new ReadableStream<Uint8Array>({
    pull: (writer) => {
      const part = parts.shift();
      if (part) writer.enqueue(part);
      else if (end === "closes") writer.close();
      else writer.error(new TypeError("network error"));
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream; charset=utf-8" } });
}

test("an answer and the pieces of its text are the same however the stream is cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 40 }), async (cuts) => {
      const heard: string[] = [];
      expect(await readAnswer(streamOf(`: hello\n\n${texts}${event("message", answer)}`, cuts), (piece) => heard.push(piece))).toEqual(answer);
      expect(heard).toEqual(pieces);
    }),
    { numRuns: 50 },
  );
});

test("events of a later version are passed over", async () => {
  expect(await readAnswer(streamOf(event("mood", { happy: true }) + event("message", answer)), () => undefined)).toEqual(answer);
});

test.each(["closes", "breaks"] as const)("a stream that %s before its answer is like no answer", async (end) => {
  const onText = vi.fn();
  await expect(readAnswer(streamOf(texts, [], end), onText)).rejects.toThrow(NetworkError);
  expect(onText).toHaveBeenCalledTimes(3);
});

test("a problem within the stream is a refusal with its words", async () => {
  const stream = streamOf(texts + event("problem", { status: 503, title: "Service Unavailable", detail: "The model does not answer." }));
  const error: unknown = await readAnswer(stream, () => undefined).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 503, message: "The model does not answer." });
});

test("an answer that comes whole is read as well", async () => {
  expect(await readAnswer(new Response(JSON.stringify(answer), { headers: { "Content-Type": "application/json" } }), () => undefined)).toEqual(answer);
});

test("a refusal before the stream is one", async () => {
  const response = new Response(JSON.stringify({ detail: "That choice is no longer open." }), { status: 409, headers: { "Content-Type": "application/problem+json" } });
  await expect(readAnswer(response, () => undefined)).rejects.toMatchObject({ status: 409, message: "That choice is no longer open." });
});
