import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ApiError } from "../../api/http";
import type { Due, RecurrencePreview } from "../../api/types";
import { Field } from "../../ui/legacy/Field";
import { type Draft, limits, repeatTextOf } from "./draft";
import { spellDue } from "../../time/due";
import { repeatQuery } from "./previews";
import { nextDates } from "./recurrence";
import { useNow } from "../../time/useNow";
import { useSettled } from "./useUnderstood";

interface RepeatTextFieldProps {
  draft: Draft;
  zone: string;
  fault: string | undefined;
  onChange: (part: Partial<Draft>) => void;
}

/** How a task repeats, in words or as a rule, with what that means below it. */
export function RepeatTextField({ draft, zone, fault, onChange }: RepeatTextFieldProps) {
  const now = useNow();
  const settled = useSettled(draft);
  const { data, error } = useQuery({
    ...repeatQuery(repeatTextOf(settled, now), settled.zone),
    enabled: settled.rule.trim() !== "",
    placeholderData: keepPreviousData,
  });
  return (
    <div className="repeat-text">
      <Field label="Repeat how" fault={fault}>
        <textarea
          className="input"
          rows={1}
          autoComplete="off"
          maxLength={limits.rule}
          placeholder="every 2nd tuesday until june"
          value={draft.rule}
          onChange={(event) => onChange({ rule: event.target.value })}
        />
      </Field>
      {fault === undefined && (
        <p className="hint repeat-means" aria-live="polite">
          {draft.rule.trim() === "" ? (
            "In words, such as “every! 3 days” or “last friday of the month”, or as an RFC 5545 rule."
          ) : error ? (
            complaint(error)
          ) : (
            data && <Meaning preview={data} begins={!isDueOf(draft, data.start)} now={now} zone={zone} />
          )}
        </p>
      )}
    </div>
  );
}

interface MeaningProps {
  preview: RecurrencePreview;
  /** Whether the words set the due date, which is then the first of the dates. */
  begins: boolean;
  now: Date;
  zone: string;
}

/** The sentence and three dates: those that follow the due date, or from the one on that the words set. */
function Meaning({ preview, begins, now, zone }: MeaningProps) {
  const next = nextDates(preview, now, zone);
  const dates = begins ? [spellDue(preview.start, { now, zone, locale: "en-GB" }), ...next] : next;
  return (
    <>
      <strong>{preview.text}</strong>
      <br />
      {dates.length === 0 ? "Does not come again" : `${begins ? "From" : "Then"} ${dates.slice(0, 3).join(" · ")}`}
    </>
  );
}

function isDueOf({ date, time }: Draft, due: Due): boolean {
  return due.date === date && (due.time ?? "") === time;
}

/** What the server found wrong with the words, without the name of the input that they are in. */
function complaint(error: Error): string {
  const [message] = error instanceof ApiError ? error.fields.values() : [];
  return message ?? error.message;
}
