import { type ReactNode, type RefObject, type SubmitEvent, useEffect, useRef, useState } from "react";
import type { Priority } from "../../api/types";
import { BellIcon, CalendarIcon, CloseIcon, PlusIcon, RepeatIcon } from "../../ui/icons";
import { type Draft, draftOf, emptyDraft, limits } from "./draft";
import { addDays, dayOf, dueDay } from "../../time/due";
import { type Chip, type Line, linesOf, moveRanges, priorityWord, rangeOf, say } from "./quickAdd";
import { QuickAddInput } from "./QuickAddInput";
import { useAddLines } from "./useAddLines";
import { useUnderstood } from "./useUnderstood";
import "./Composer.css";

const emptyLine: Line = { text: "", dismissed: [] };

interface ComposerProps {
  now: Date;
  zone: string;
  input: RefObject<HTMLInputElement | null>;
  /** Goes on in the editor with what is typed so far. */
  onDetails: (draft: Draft) => void;
}

/** The line at the top that adds a task: all of it is typed in one line, and shown as it is understood. */
export function Composer({ now, zone, input, onDetails }: ComposerProps) {
  const [line, setLine] = useState(emptyLine);
  const [pasted, setPasted] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const [open, setOpen] = useUnfolded(form);
  const lines = useAddLines(zone);
  const { task, chips } = useUnderstood(line, now, zone);

  const type = (text: string) => setLine({ text, dismissed: moveRanges(line.dismissed, line.text, text) });
  const put = (kind: "date" | "priority", words: string) => type(say(line.text, pieceOf(chips, kind), words));

  const dismiss = (chip: Chip) => {
    setLine({ ...line, dismissed: [...line.dismissed, ...chip.spans.map(rangeOf)] });
    input.current?.focus();
  };

  const answerPaste = (left: Line) => {
    setPasted(null);
    setLine(left);
    input.current?.focus();
  };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (pasted !== null || line.text.trim() === "") return;
    setLine(emptyLine);
    lines.add(line);
  };

  const details = async () => {
    setLine(emptyLine);
    const [fields] = await lines.read(line);
    onDetails(fields ? draftOf(fields, zone) : emptyDraft(zone));
  };

  const addPasted = (text: string) => {
    answerPaste(emptyLine);
    lines.add({ text, dismissed: [] });
  };

  return (
    <form
      ref={form}
      className={`composer ${open || line.text !== "" || pasted !== null ? "open" : ""}`}
      onSubmit={submit}
      onFocus={() => setOpen(true)}
    >
      <div className="composer-line">
        <PlusIcon />
        <QuickAddInput
          ref={input}
          label="New task"
          placeholder="Add a task"
          maxLength={limits.line}
          value={line.text}
          marks={chips.flatMap((chip) => chip.spans.map(rangeOf))}
          onType={type}
          onPasteLines={setPasted}
        />
        <kbd className="composer-key" aria-hidden="true">
          n
        </kbd>
      </div>
      {pasted === null ? (
        <>
          <Understood chips={chips} onDismiss={dismiss} />
          <div className="composer-more">
            <DayChips
              now={now}
              zone={zone}
              day={task?.due && pieceOf(chips, "date") ? dueDay(task.due, zone) : ""}
              onPick={(words) => put("date", words)}
            />
            <select
              className="chip"
              aria-label="Priority"
              value={task && pieceOf(chips, "priority") ? task.priority : 4}
              onChange={(event) => put("priority", priorityWord(Number(event.target.value) as Priority))}
            >
              <option value={1}>Priority 1</option>
              <option value={2}>Priority 2</option>
              <option value={3}>Priority 3</option>
              <option value={4}>No priority</option>
            </select>
            <span className="composer-end">
              <button type="button" className="button quiet" onClick={() => void details()}>
                Details…
              </button>
              <button type="submit" className="button primary" disabled={line.text.trim() === ""}>
                Add task
              </button>
            </span>
          </div>
        </>
      ) : (
        <PasteQuestion
          text={pasted}
          onAdd={() => addPasted(pasted)}
          onJoin={() => answerPaste({ text: linesOf(pasted).join(" ").slice(0, limits.line), dismissed: [] })}
          onCancel={() => answerPaste(line)}
        />
      )}
    </form>
  );
}

/** The words of the line that say a day or the priority. */
function pieceOf(chips: Chip[], kind: "date" | "priority") {
  const span = chips.flatMap((chip) => chip.spans).find((candidate) => candidate.kind === kind);
  return span && rangeOf(span);
}

interface DayChipsProps {
  now: Date;
  zone: string;
  /** The day that the line names, or empty. */
  day: string;
  onPick: (words: string) => void;
}

function DayChips({ now, zone, day, onPick }: DayChipsProps) {
  const today = dayOf(now, zone);
  const days = [
    { label: "Today", words: "today", date: today },
    { label: "Tomorrow", words: "tomorrow", date: addDays(today, 1) },
  ];
  return days.map(({ label, words, date }) => (
    <button
      key={label}
      type="button"
      className="chip"
      aria-pressed={day === date}
      onClick={() => onPick(day === date ? "" : words)}
    >
      {label}
    </button>
  ));
}

const chipIcons: Partial<Record<Chip["kind"], ReactNode>> = {
  due: <CalendarIcon />,
  recurrence: <RepeatIcon />,
  reminder: <BellIcon />,
};

/** What was understood of the line, each piece with a way to say "not this one". */
function Understood({ chips, onDismiss }: { chips: Chip[]; onDismiss: (chip: Chip) => void }) {
  return (
    <div className="understood">
      <p className="sr-only" role="status">
        {chips.length > 0 && `Understood: ${chips.map(({ words }) => words).join("; ")}`}
      </p>
      {chips.length === 0 ? (
        <p className="hint">
          Say it all in one line: <em>tomorrow 9am</em>, <em>every! 3 days</em>, <em>p1</em>, <em>@phone</em>, <em>!30m</em>
        </p>
      ) : (
        <ul aria-label="Understood">
          {chips.map((chip) => (
            <li key={`${chip.kind} ${chip.spans[0]?.startUTF16}`} className="piece">
              {chipIcons[chip.kind]}
              {chip.words}
              <button
                type="button"
                aria-label={`Keep “${chip.spans.map(({ text }) => text).join(" ")}” as text`}
                onClick={() => onDismiss(chip)}
              >
                <CloseIcon />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface PasteQuestionProps {
  text: string;
  onAdd: () => void;
  onJoin: () => void;
  onCancel: () => void;
}

/** Asks what is meant by a paste of several lines. */
function PasteQuestion({ text, onAdd, onJoin, onCancel }: PasteQuestionProps) {
  const count = linesOf(text).length;
  const tooMuch = count > limits.paste.lines || text.length > limits.paste.length;
  const add = useRef<HTMLButtonElement>(null);
  useEffect(() => add.current?.focus(), []);
  return (
    <div className="paste" role="group" aria-label={`${count} pasted lines`}>
      <p role="status">
        {tooMuch ? `${count} lines are too much at once: paste at most ${limits.paste.lines}.` : `Add ${countOf(count)}, one a line?`}
      </p>
      <ol>
        {linesOf(text).slice(0, 5).map((line, at) => (
          <li key={at}>{line}</li>
        ))}
        {count > 5 && <li>…</li>}
      </ol>
      <div className="paste-end">
        <button type="button" className="button quiet" onClick={onCancel}>
          Cancel
        </button>
        <button type="button" className="button" onClick={onJoin}>
          As one task
        </button>
        <button ref={add} type="button" className="button primary" disabled={tooMuch} onClick={onAdd}>
          Add {countOf(count)}
        </button>
      </div>
    </div>
  );
}

function countOf(tasks: number): string {
  return tasks === 1 ? "1 task" : `${tasks} tasks`;
}

/**
 * Whether a form shows all of itself: from when it gets focus until the click or key that
 * took the focus away is over. Folding on blur would move what is below from under the
 * pointer, and the click would miss.
 */
function useUnfolded(form: RefObject<HTMLFormElement | null>): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return;
    const foldWithoutFocus = () => {
      if (!form.current?.contains(document.activeElement)) setOpen(false);
    };
    document.addEventListener("click", foldWithoutFocus);
    document.addEventListener("keyup", foldWithoutFocus);
    return () => {
      document.removeEventListener("click", foldWithoutFocus);
      document.removeEventListener("keyup", foldWithoutFocus);
    };
  }, [form, open]);
  return [open, setOpen];
}
