import { BellIcon, CloseIcon } from "../../ui/icons";
import { limits, type ReminderDraft } from "./draft";

interface RemindersFieldProps {
  reminders: ReminderDraft[];
  fault: string | undefined;
  onChange: (reminders: ReminderDraft[]) => void;
}

const offers = [
  { minutes: 0, label: "When it is due" },
  { minutes: 5, label: "5 minutes before" },
  { minutes: 10, label: "10 minutes before" },
  { minutes: 30, label: "30 minutes before" },
  { minutes: 60, label: "1 hour before" },
  { minutes: 1440, label: "1 day before" },
];

export function RemindersField({ reminders, fault, onChange }: RemindersFieldProps) {
  const replace = (index: number, reminder: ReminderDraft) =>
    onChange(reminders.map((old, at) => (at === index ? reminder : old)));
  return (
    <fieldset className="field">
      <legend>Reminders</legend>
      {reminders.map((reminder, index) => (
        <div key={index} className="reminder-line">
          <BellIcon />
          {reminder.kind === "before" ? (
            <MinutesBefore
              minutes={reminder.minutes}
              onChange={(minutes) => replace(index, { ...reminder, minutes })}
            />
          ) : (
            <>
              <input
                type="date"
                className="input"
                aria-label="Reminder date"
                value={reminder.date}
                onChange={(event) => replace(index, { ...reminder, date: event.target.value })}
              />
              <input
                type="time"
                className="input"
                aria-label="Reminder time"
                value={reminder.time}
                onChange={(event) => replace(index, { ...reminder, time: event.target.value })}
              />
            </>
          )}
          <button
            type="button"
            className="button quiet square"
            aria-label="Remove reminder"
            onClick={() => onChange(reminders.filter((_, at) => at !== index))}
          >
            <CloseIcon />
          </button>
        </div>
      ))}
      {fault !== undefined && <p className="fault">{fault}</p>}
      {reminders.length < limits.reminders && (
        <div className="reminder-add">
          <button
            type="button"
            className="chip"
            onClick={() => onChange([...reminders, { kind: "before", minutes: unusedOffer(reminders) }])}
          >
            + Before it is due
          </button>
          <button
            type="button"
            className="chip"
            onClick={() => onChange([...reminders, { kind: "at", date: "", time: "" }])}
          >
            + At a time
          </button>
        </div>
      )}
    </fieldset>
  );
}

function unusedOffer(reminders: ReminderDraft[]): number {
  const used = reminders.map((reminder) => (reminder.kind === "before" ? reminder.minutes : null));
  return offers.find(({ minutes }) => !used.includes(minutes))?.minutes ?? 0;
}

function MinutesBefore({ minutes, onChange }: { minutes: number; onChange: (minutes: number) => void }) {
  const offered = offers.some((offer) => offer.minutes === minutes);
  return (
    <select
      className="input"
      aria-label="Reminder before due"
      value={minutes}
      onChange={(event) => onChange(Number(event.target.value))}
    >
      {!offered && <option value={minutes}>{minutes} minutes before</option>}
      {offers.map((offer) => (
        <option key={offer.minutes} value={offer.minutes}>
          {offer.label}
        </option>
      ))}
    </select>
  );
}
