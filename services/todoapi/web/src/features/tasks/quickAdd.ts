import type { Priority, QuickAddTask, Span, TaskFields } from "../../api/types";
import { spellDue, spellInstant } from "../../time/due";

/** A piece of a text, in UTF-16 code units. */
export interface Range {
  start: number;
  end: number;
}

/** A line as typed, and what in it the person wants to stay text. */
export interface Line {
  text: string;
  dismissed: Range[];
}

/** What the server understands and tasks cannot hold: it stays in the title, so that nothing is lost. */
const unheld: readonly Span["kind"][] = ["project", "section", "deadline", "duration"];

/**
 * The tasks that a text says, with all in their titles that tasks cannot hold. ask reads
 * the text with some pieces ignored.
 */
export async function understand(
  text: string,
  dismissed: Range[],
  ask: (ignore: Range[]) => Promise<QuickAddTask[]>,
): Promise<QuickAddTask[]> {
  let ignore = dismissed;
  for (;;) {
    const tasks = await ask(ignore);
    const more = tasks.flatMap(spansWithoutPlace).map(rangeOf);
    if (more.length === 0) return tasks;
    ignore = [...ignore, ...more];
    // Each turn ignores more of the text, so that it ends.
    if (ignore.length > text.length) return tasks;
  }
}

function spansWithoutPlace(task: QuickAddTask): Span[] {
  const early = task.due ? [] : remindersOf(task).filter(({ reminder }) => reminder?.minutesBefore !== undefined);
  return [...task.spans.filter(({ kind }) => unheld.includes(kind)), ...early.map(({ span }) => span)];
}

/** The reminders beside the words that ask for them: both are in the order of the text. */
function remindersOf({ spans, reminders }: QuickAddTask) {
  return spans.filter(({ kind }) => kind === "reminder").map((span, at) => ({ span, reminder: reminders[at] }));
}

export function rangeOf({ startUTF16, endUTF16 }: Span): Range {
  return { start: startUTF16, end: endUTF16 };
}

/** The fields of the task that a line says. */
export function fieldsOfLine({ title, due, recurrence, priority, tags, reminders }: QuickAddTask): TaskFields {
  return { ...plainFields(title), due: due ?? null, recurrence: recurrence ?? null, priority, tags, reminders };
}

/** A task that is a title alone. */
export function plainFields(title: string): TaskFields {
  return { title, notes: "", priority: 4, tags: [], due: null, recurrence: null, reminders: [] };
}

/** One thing that was understood: in words, and the pieces of the text that say it. */
export interface Chip {
  kind: "due" | "recurrence" | "priority" | "tag" | "reminder";
  words: string;
  spans: Span[];
}

/** All that was understood of a line, in the order of the line. sentence says how the task repeats. */
export function chipsOf(task: QuickAddTask, sentence: string | undefined, now: Date, zone: string): Chip[] {
  const of = (...kinds: Span["kind"][]) => task.spans.filter(({ kind }) => kinds.includes(kind));
  const when = of("date", "time");
  const due = task.due ? spellDue(task.due, { now, zone, locale: "en-GB" }) : "";
  const chips: Chip[] = [
    { kind: "due", words: due, spans: when },
    {
      kind: "recurrence",
      words: `${sentence ?? of("recurrence")[0]?.text ?? ""}${when.length === 0 && due !== "" ? `, from ${due}` : ""}`,
      spans: of("recurrence"),
    },
    { kind: "priority", words: `p${task.priority}`, spans: of("priority") },
    ...of("tag").map((span): Chip => ({ kind: "tag", words: span.text, spans: [span] })),
    ...remindersOf(task).map(({ span, reminder }): Chip => {
      const words = reminder?.at ? spellInstant(new Date(reminder.at), { now, zone, locale: "en-GB" }) : before(reminder?.minutesBefore ?? 0);
      return { kind: "reminder", words, spans: [span] };
    }),
  ];
  return chips.filter(({ spans }) => spans.length > 0).sort((a, b) => first(a) - first(b));
}

function first({ spans }: Chip): number {
  return Math.min(...spans.map(({ startUTF16 }) => startUTF16));
}

const units = [
  { name: "week", minutes: 7 * 24 * 60 },
  { name: "day", minutes: 24 * 60 },
  { name: "hour", minutes: 60 },
  { name: "minute", minutes: 1 },
];

function before(minutes: number): string {
  const unit = units.find((candidate) => minutes >= candidate.minutes && minutes % candidate.minutes === 0);
  if (!unit) return "when it is due";
  const count = minutes / unit.minutes;
  return `${count} ${unit.name}${count === 1 ? "" : "s"} before`;
}

/** Where pieces of a text are after it was edited in one place. A piece that was edited itself is gone. */
export function moveRanges<Piece extends Range>(pieces: readonly Piece[], from: string, to: string): Piece[] {
  let head = 0;
  while (head < Math.min(from.length, to.length) && from[head] === to[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(from.length, to.length) - head && from.at(-1 - tail) === to.at(-1 - tail)) tail += 1;
  const shift = to.length - from.length;
  return pieces.flatMap((piece) => {
    if (piece.end <= head) return [piece];
    if (piece.start < from.length - tail) return [];
    return [{ ...piece, start: piece.start + shift, end: piece.end + shift }];
  });
}

/** Chips for a text that was edited since, without those whose words were. */
export function moveChips(chips: Chip[], from: string, to: string): Chip[] {
  return chips.flatMap((chip) => {
    const pieces = moveRanges(chip.spans.map((span) => ({ ...rangeOf(span), span })), from, to);
    const spans = pieces.map(({ start, end, span }) => ({ ...span, startUTF16: start, endUTF16: end }));
    return spans.length === chip.spans.length ? [{ ...chip, spans }] : [];
  });
}

/** The text with words in place of a piece of it, or at its end when there is no such piece. */
export function say(text: string, piece: Range | undefined, words: string): string {
  const start = piece?.start ?? text.length;
  const parts = [text.slice(0, start), words, text.slice(piece?.end ?? start)];
  return parts.map((part) => part.trim()).filter((part) => part !== "").join(" ");
}

/** Priority as it is typed; the lowest one is that of a line which names none. */
export function priorityWord(priority: Priority): string {
  return priority === 4 ? "" : `p${priority}`;
}

/** The lines of a pasted text that are not blank. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Ranges as the API counts them, in bytes of UTF-8. */
export function toBytes(text: string, ranges: Range[]): Range[] {
  const bytes = (end: number) => new TextEncoder().encode(text.slice(0, end)).length;
  return ranges.map(({ start, end }) => ({ start: bytes(start), end: bytes(end) }));
}
