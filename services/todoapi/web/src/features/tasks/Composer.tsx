import { type Ref, type RefObject, type SubmitEvent, useEffect, useRef, useState } from "react";
import type { Priority } from "../../api/types";
import { PlusIcon } from "../../ui/icons";
import { showToast } from "../../ui/toastStore";
import { useAddTask } from "./api";
import { type Draft, emptyDraft, faults, fieldsOf, limits } from "./draft";
import { addDays, dayOf } from "./due";
import { newKey } from "./key";

interface ComposerProps {
  now: Date;
  zone: string;
  input: Ref<HTMLInputElement>;
  /** Goes on in the editor with what is typed so far. */
  onDetails: (draft: Draft) => void;
}

/** The line at the top that adds a task: title and Enter; day and priority when wanted. */
export function Composer({ now, zone, input, onDetails }: ComposerProps) {
  const [draft, setDraft] = useState(() => emptyDraft(zone));
  const form = useRef<HTMLFormElement>(null);
  const [open, setOpen] = useUnfolded(form);
  const add = useAddTask();
  const today = dayOf(now, zone);
  const days = [
    { label: "Today", date: today },
    { label: "Tomorrow", date: addDays(today, 1) },
  ];
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (Object.keys(faults(draft)).length > 0) return;
    const sent = draft;
    setDraft(emptyDraft(zone));
    add.mutate(
      { fields: fieldsOf(sent, zone), key: newKey() },
      {
        onError: (error) =>
          showToast({
            tone: "error",
            message: `“${sent.title}” was not added. ${error.message}`,
            action: { label: "Edit", run: () => onDetails(sent) },
          }),
      },
    );
  };

  return (
    <form
      ref={form}
      className={`composer ${open || draft.title !== "" ? "open" : ""}`}
      onSubmit={submit}
      onFocus={() => setOpen(true)}
    >
      <div className="composer-line">
        <PlusIcon />
        <input
          ref={input}
          className="composer-title"
          aria-label="New task"
          placeholder="Add a task"
          autoComplete="off"
          maxLength={limits.title}
          value={draft.title}
          onChange={(event) => change({ title: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        <kbd className="composer-key" aria-hidden="true">
          n
        </kbd>
      </div>
      <div className="composer-more">
        {days.map(({ label, date }) => (
          <button
            key={label}
            type="button"
            className="chip"
            aria-pressed={draft.date === date}
            onClick={() => change({ date: draft.date === date ? "" : date })}
          >
            {label}
          </button>
        ))}
        <input
          type="date"
          className="chip"
          aria-label="Due date"
          value={draft.date}
          onChange={(event) => change({ date: event.target.value })}
        />
        <select
          className="chip"
          aria-label="Priority"
          value={draft.priority}
          onChange={(event) => change({ priority: Number(event.target.value) as Priority })}
        >
          <option value={1}>Priority 1</option>
          <option value={2}>Priority 2</option>
          <option value={3}>Priority 3</option>
          <option value={4}>No priority</option>
        </select>
        <span className="composer-end">
          <button
            type="button"
            className="button quiet"
            onClick={() => {
              setDraft(emptyDraft(zone));
              onDetails(draft);
            }}
          >
            Details…
          </button>
          <button type="submit" className="button primary" disabled={draft.title.trim() === ""}>
            Add task
          </button>
        </span>
      </div>
    </form>
  );
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
