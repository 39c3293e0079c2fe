import { closeCodes, type Hello } from "./frames";

/** The longest event that is waited for, in characters: the largest carries a task before and after a change. */
const longest = 1 << 20;

/** What a WebSocket would be closed with, by the status of a stream that does not begin. */
const codes: Readonly<Record<number, number>> = {
  401: closeCodes.unauthenticated,
  422: closeCodes.badFrame,
  429: closeCodes.tooMany,
  503: closeCodes.tryAgain,
};

/** Hands on the frames of a stream until its end, and returns how that is called. */
export async function follow(url: string, { ticket, resume }: Hello, onFrame: (text: string) => void, signal: AbortSignal): Promise<number> {
  const headers = { Accept: "text/event-stream", Authorization: `Ticket ${ticket}`, "Last-Event-ID": String(resume.seq) };
  const response = await fetch(url, { headers, cache: "no-store", signal });
  if (!response.ok) return codes[response.status] ?? closeCodes.lost;
  const isStream = response.headers.get("Content-Type")?.startsWith("text/event-stream");
  if (!response.body || !isStream) throw new Error("something on the way answers in place of the server");
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const events = new Events();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    for (const { data } of events.read(part.value)) if (!signal.aborted) onFrame(data);
  }
  return closeCodes.lost;
}

/** One event of a stream. */
export interface StreamEvent {
  /** Its name: "message" where it has none. */
  type: string;
  data: string;
}

/** Finds the events in the text of a stream, which comes in pieces (WHATWG HTML section 9.2.6). */
export class Events {
  private line = "";
  private type = "";
  private data: string[] = [];

  /** The events that end in this piece. */
  read(piece: string): StreamEvent[] {
    const found: StreamEvent[] = [];
    const lines = (this.line + piece).split("\n");
    this.line = lines.pop() ?? "";
    for (const line of lines) this.take(line.replace(/\r$/, ""), found);
    if (this.line.length + this.data.join("").length > longest) throw new Error("the event is too long");
    return found;
  }

  private take(line: string, found: StreamEvent[]): void {
    if (line.startsWith("data:")) this.data.push(valueOf(line));
    if (line.startsWith("event:")) this.type = valueOf(line);
    if (line !== "") return;
    if (this.data.length > 0) found.push({ type: this.type || "message", data: this.data.join("\n") });
    this.type = "";
    this.data = [];
  }
}

function valueOf(line: string): string {
  return line.slice(line.indexOf(":") + 1).replace(/^ /, "");
}
