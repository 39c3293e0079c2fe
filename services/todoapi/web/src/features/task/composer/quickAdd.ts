import type { Due, Priority, QuickAddTask, Span } from "../../../api/types";
import type { TaskFields } from "../../../store/acts";

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

export function rangeOf({ startUTF16, endUTF16 }: Span): Range {
  return { start: startUTF16, end: endUTF16 };
}

/** The reminders beside the words that ask for them: both are in the order of the text. */
function remindersOf({ spans, reminders }: QuickAddTask) {
  return spans.filter(({ kind }) => kind === "reminder").map((span, at) => ({ span, reminder: reminders[at] }));
}

/** What a task that was read says of itself. Where it goes is the business of whoever knows the projects. */
export function fieldsOfLine({ title, due, recurrence, priority, tags, reminders, start, deadline, durationSeconds }: QuickAddTask): TaskFields & { title: string } {
  return {
    title,
    priority,
    tags,
    reminders,
    ...(due && { due }),
    ...(recurrence && { recurrence }),
    ...(start && { start: start.date }),
    ...(deadline && { deadline: deadline.date }),
    ...(durationSeconds !== undefined && { durationMinutes: Math.max(1, Math.round(durationSeconds / 60)) }),
  };
}

/** How what was understood is put into words. */
export interface Words {
  due: (due: Due) => string;
  moment: (instant: string) => string;
  before: (minutes: number) => string;
  deadline: (due: Due) => string;
  duration: (seconds: number) => string;
  /** A rule, and the date from which it counts where no other words say that. */
  recurrence: (sentence: string, from: string | null) => string;
}

/** One thing that was understood and that the text does not say by itself: in words, and the pieces of the text that say it. */
export interface Chip {
  kind: "due" | "recurrence" | "reminder" | "deadline" | "duration";
  words: string;
  spans: Span[];
}

/** What the marks in a line mean, in its order. sentence says how the task repeats. Tags, projects and priorities speak for themselves. */
export function chipsOf(task: QuickAddTask, sentence: string | undefined, words: Words): Chip[] {
  const of = (...kinds: string[]) => task.spans.filter(({ kind }) => kinds.includes(kind));
  const when = of("date", "time");
  const repeats = of("recurrence");
  const due = task.due ? words.due(task.due) : "";
  const from = when.length === 0 && due !== "" ? due : null;
  const chips: Chip[] = [
    { kind: "due", words: due, spans: when },
    { kind: "recurrence", words: words.recurrence(sentence ?? repeats[0]?.text ?? "", from), spans: repeats },
    { kind: "deadline", words: task.deadline ? words.deadline(task.deadline) : "", spans: of("deadline") },
    { kind: "duration", words: words.duration(task.durationSeconds ?? 0), spans: of("duration") },
    ...remindersOf(task).map(({ span, reminder }): Chip => {
      const said = reminder?.at ? words.moment(reminder.at) : words.before(reminder?.minutesBefore ?? 0);
      return { kind: "reminder", words: said, spans: [span] };
    }),
  ];
  return chips.filter(({ spans }) => spans.length > 0).sort((a, b) => first(a) - first(b));
}

function first({ spans }: Chip): number {
  return Math.min(...spans.map(({ startUTF16 }) => startUTF16));
}

/** The piece that a caret stands in or, to be undone by a backspace, right behind. */
export function pieceAt(marks: readonly Range[], caret: number, behind: boolean): Range | undefined {
  return marks.find(({ start, end }) => (behind ? caret === end : caret > start && caret < end));
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

/** Spans of a text that was edited since. */
export function moveSpans(spans: readonly Span[], from: string, to: string): Span[] {
  const pieces = moveRanges(spans.map((span) => ({ ...rangeOf(span), span })), from, to);
  return pieces.map(({ start, end, span }) => ({ ...span, startUTF16: start, endUTF16: end }));
}

/** Chips for a text that was edited since, without those whose words were. */
export function moveChips(chips: readonly Chip[], from: string, to: string): Chip[] {
  return chips.flatMap((chip) => {
    const spans = moveSpans(chip.spans, from, to);
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
