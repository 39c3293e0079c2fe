import type { Message } from "../../api/chat";
import { decode, NetworkError, problemError } from "../../api/http";
import { Events, type StreamEvent } from "../../sync/eventStream";

/**
 * Reads the answer to a message. onText is called with each piece of its text as it comes. A stream
 * that ends without the whole answer is like no answer: it is asked for again.
 */
export async function readAnswer(response: Response, onText: (piece: string) => void): Promise<Message> {
  const isStream = response.headers.get("Content-Type")?.startsWith("text/event-stream");
  if (!response.ok || !response.body || !isStream) return decode<Message>(response);
  const events = new Events();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (const event of events.read(part.value)) {
        if (event.type === "message") return JSON.parse(event.data) as Message;
        if (event.type === "problem") throw problemOf(event, response);
        if (event.type === "text") onText((JSON.parse(event.data) as { text: string }).text);
      }
    }
  } catch (error) {
    // The connection may break, and the deadline pass, within the answer.
    throw error instanceof TypeError || error instanceof DOMException ? new NetworkError(error) : error;
  } finally {
    reader.cancel().catch(() => undefined);
  }
  throw new NetworkError(new Error("the answer has no end"));
}

function problemOf({ data }: StreamEvent, { headers }: Response) {
  const { status = 500 } = JSON.parse(data) as { status?: number };
  return problemError({ status, headers }, data);
}
