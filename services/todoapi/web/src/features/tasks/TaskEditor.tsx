import { useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { ApiError } from "../../api/http";
import type { Anchor, Priority, RecurrencePreview, Task } from "../../api/types";
import { Dialog } from "../../ui/legacy/Dialog";
import { Field } from "../../ui/legacy/Field";
import { createTask, newId, updateTask } from "../../store/acts";
import { useAct } from "../../sync/hooks";
import { custom, type Draft, draftOf, faults, fieldsOf, limits, patchOf, repeatTextOf } from "./draft";
import { repeatQuery } from "./previews";
import { commonRules, isRule } from "./recurrence";
import { RemindersField } from "./RemindersField";
import { RepeatTextField } from "./RepeatTextField";
import "./TaskEditor.css";

type Faults = Partial<Record<keyof Draft, string>>;

interface TaskEditorProps {
  /** The task to change as the board has it now; null for a new one. */
  task: Task | null;
  /** What the inputs start with. */
  draft: Draft;
  zone: string;
  onClose: () => void;
  onDelete: (task: Task) => void;
}

export function TaskEditor({ task, draft: start, zone, onClose, onDelete }: TaskEditorProps) {
  // The task as the person saw it: what differs from it is what the person changed.
  const [base] = useState(task);
  const [draft, setDraft] = useState(start);
  const [shown, setShown] = useState<Faults>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [discarding, setDiscarding] = useState(false);
  const act = useAct();
  const cache = useQueryClient();
  const [reading, setReading] = useState(false);

  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setShown({});
    setDiscarding(false);
  };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = faults(draft);
    setShown(found);
    setProblem(null);
    if (Object.keys(found).length > 0 || reading) return;
    if (draft.repeat === custom) void readAndSave();
    else save();
  };

  /** What the words of a custom repetition mean must be known before they are saved. */
  const readAndSave = async () => {
    setReading(true);
    try {
      save(await cache.query(repeatQuery(repeatTextOf(draft, new Date()), draft.zone)));
    } catch (error) {
      refused(error instanceof Error ? error : new Error(String(error)));
    } finally {
      setReading(false);
    }
  };

  const save = (repeat?: RecurrencePreview) => {
    const fields = fieldsOf(draft, zone, repeat);
    if (base) {
      const patch = patchOf(fieldsOf(draftOf(base, zone), zone), fields);
      if (patch) act(updateTask(base, patch));
    } else act(createTask(newId(), fields));
    onClose();
  };

  const refused = (error: Error) => {
    const found = error instanceof ApiError ? faultsOf(error) : {};
    setShown(found);
    if (Object.keys(found).length === 0) setProblem(error.message);
  };

  const mayClose = () => {
    if (JSON.stringify(draft) === JSON.stringify(start)) return true;
    setDiscarding(true);
    return discarding;
  };

  return (
    <Dialog title={base ? "Edit task" : "New task"} onClose={onClose} mayClose={mayClose}>
      <form className="editor" noValidate onSubmit={submit}>
        <div className="editor-fields">
          <Field label="Title" fault={shown.title}>
            <input
              className="input large"
              autoFocus
              autoComplete="off"
              maxLength={limits.title}
              value={draft.title}
              onChange={(event) => change({ title: event.target.value })}
            />
          </Field>
          <Field label="Notes" fault={shown.notes}>
            <textarea
              className="input"
              rows={3}
              maxLength={limits.notes}
              value={draft.notes}
              onChange={(event) => change({ notes: event.target.value })}
            />
          </Field>
          <div className="editor-pair">
            <Field label="Due date" fault={shown.date}>
              <input
                type="date"
                className="input"
                value={draft.date}
                onChange={(event) => change({ date: event.target.value })}
              />
            </Field>
            <Field label="Time" {...(draft.time !== "" && draft.zone !== zone && { hint: `in ${draft.zone}` })}>
              <input
                type="time"
                className="input"
                value={draft.time}
                onChange={(event) => change({ time: event.target.value })}
              />
            </Field>
          </div>
          <PriorityField value={draft.priority} onChange={(priority) => change({ priority })} />
          <RepeatFields draft={draft} zone={zone} shown={shown} onChange={change} />
          <RemindersField
            reminders={draft.reminders}
            fault={shown.reminders}
            onChange={(reminders) => change({ reminders })}
          />
          <Field label="Tags" hint="Separated by commas." fault={shown.tags}>
            <input
              className="input"
              autoComplete="off"
              value={draft.tags}
              onChange={(event) => change({ tags: event.target.value })}
            />
          </Field>
        </div>
        {problem !== null && (
          <p className="fault editor-problem" role="alert">
            {problem}
          </p>
        )}
        {discarding ? (
          <footer className="editor-foot" role="alert">
            <span className="editor-foot-start">Discard your changes?</span>
            <button type="button" className="button" onClick={() => setDiscarding(false)}>
              Keep editing
            </button>
            <button type="button" className="button danger" onClick={onClose}>
              Discard
            </button>
          </footer>
        ) : (
          <footer className="editor-foot">
            {base && (
              <button type="button" className="button quiet danger editor-foot-start" onClick={() => onDelete(base)}>
                Delete…
              </button>
            )}
            <button type="button" className="button" onClick={() => mayClose() && onClose()}>
              Cancel
            </button>
            <button type="submit" className="button primary" disabled={reading}>
              {base ? "Save" : "Add task"}
            </button>
          </footer>
        )}
      </form>
    </Dialog>
  );
}

function PriorityField({ value, onChange }: { value: Priority; onChange: (priority: Priority) => void }) {
  const names: Record<Priority, string> = { 1: "P1", 2: "P2", 3: "P3", 4: "None" };
  return (
    <fieldset className="field">
      <legend>Priority</legend>
      <div className="segments">
        {([1, 2, 3, 4] as const).map((priority) => (
          <label key={priority} className={`segment p${priority}`}>
            <input
              type="radio"
              name="priority"
              className="sr-only"
              checked={value === priority}
              onChange={() => onChange(priority)}
            />
            {names[priority]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface RepeatFieldsProps {
  draft: Draft;
  zone: string;
  shown: Faults;
  onChange: (part: Partial<Draft>) => void;
}

function RepeatFields({ draft, zone, shown, onChange }: RepeatFieldsProps) {
  return (
    <>
      <div className="editor-pair">
        <Field label="Repeat">
          <select
            className="input"
            value={draft.repeat}
            onChange={(event) => onChange({ repeat: event.target.value })}
          >
            <option value="">Does not repeat</option>
            {commonRules.map(({ rule, label }) => (
              <option key={rule} value={rule}>
                {label}
              </option>
            ))}
            <option value={custom}>Custom…</option>
          </select>
        </Field>
        {draft.repeat !== "" && (draft.repeat !== custom || isRule(draft.rule)) && (
          <Field label="Next one counts from">
            <select
              className="input"
              value={draft.anchor}
              onChange={(event) => onChange({ anchor: event.target.value as Anchor })}
            >
              <option value="schedule">the due date</option>
              <option value="completion">the day I complete it</option>
            </select>
          </Field>
        )}
      </div>
      {draft.repeat === custom && <RepeatTextField draft={draft} zone={zone} fault={shown.rule} onChange={onChange} />}
    </>
  );
}

const inputs: Record<string, keyof Draft> = {
  title: "title",
  notes: "notes",
  tags: "tags",
  due: "date",
  recurrence: "rule",
  rule: "rule",
  text: "rule",
  start: "date",
  reminders: "reminders",
};

/** The server's messages at the inputs that they are about ("body.due.zone" is about the date). */
function faultsOf(error: ApiError): Faults {
  const found: Faults = {};
  for (const [location, message] of error.fields) {
    const input = inputs[location.replace(/^body\./, "").split(/[.[]/)[0] ?? ""];
    if (input) found[input] = message;
  }
  return found;
}
