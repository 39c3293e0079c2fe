import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ApiError } from "../../api/http";
import type { RecurrencePreview } from "../../api/types";
import { Field } from "../../ui/Field";
import { type Draft, limits, repeatTextOf } from "./draft";
import { repeatQuery } from "./previews";
import { nextDates } from "./recurrence";
import { useNow } from "./useNow";
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
            data && <Meaning preview={data} now={now} zone={zone} />
          )}
        </p>
      )}
    </div>
  );
}

function Meaning({ preview, now, zone }: { preview: RecurrencePreview; now: Date; zone: string }) {
  const next = nextDates(preview, now, zone);
  return (
    <>
      <strong>{preview.text}</strong>
      <br />
      {next.length > 0 ? `Then ${next.join(" · ")}` : "Does not come again"}
    </>
  );
}

/** What the server found wrong with the words, without the name of the input that they are in. */
function complaint(error: Error): string {
  const [message] = error instanceof ApiError ? error.fields.values() : [];
  return message ?? error.message;
}
