import { useState } from "react";
import type { Due, TaskReminder } from "../../../api/types";
import { useViewer } from "../../../store/hooks";
import { addDays, dayOf, instantOf } from "../../../time/due";
import { Button } from "../../../ui/Button";
import { BellIcon } from "../../../ui/icons";
import { Input } from "../../../ui/Input";
import { ClockIcon } from "../../../ui/moreIcons";
import { useWords } from "../useWords";
import styles from "./DatePicker.module.css";

interface ReminderPickerProps {
  due: Due | null;
  reminders: readonly TaskReminder[];
  onAdd: (reminder: TaskReminder) => void;
}

const offers = [0, 10, 30, 60, 120, 1440];

/** The most reminders that a task can have. */
export const mostReminders = 20;

/** When to remind: some time before a task is due, or at a moment. The content of a popover. */
export function ReminderPicker({ due, reminders, onAdd }: ReminderPickerProps) {
  const { t, before } = useWords();
  const { now, zone } = useViewer();
  const [date, setDate] = useState(addDays(dayOf(now, zone), 1));
  const [time, setTime] = useState("09:00");
  const free = offers.filter((minutes) => !reminders.some(({ minutesBefore }) => minutesBefore === minutes));
  return (
    <div className={styles.picker}>
      {due ? (
        <div className={styles.choices}>
          {free.map((minutes) => (
            <button key={minutes} type="button" className={styles.choice} onClick={() => onAdd({ minutesBefore: minutes })}>
              <BellIcon />
              <span className={styles.choiceName}>{before(minutes)}</span>
            </button>
          ))}
        </div>
      ) : (
        <p className={styles.hint}>{t("reminder.needsDue")}</p>
      )}
      <form
        className={styles.moment}
        onSubmit={(event) => {
          event.preventDefault();
          if (date !== "" && time !== "") onAdd({ at: instantOf(date, time, zone).toISOString() });
        }}
      >
        <span className={styles.momentName}>
          <ClockIcon />
          {t("reminder.atTime")}
        </span>
        <div className={styles.pair}>
          <Input type="date" aria-label={t("reminder.date")} value={date} onChange={(event) => setDate(event.target.value)} />
          <Input type="time" aria-label={t("reminder.time")} value={time} onChange={(event) => setTime(event.target.value)} />
        </div>
        <Button type="submit" variant="primary" size="small" disabled={date === "" || time === ""}>
          {t("reminder.add")}
        </Button>
      </form>
    </div>
  );
}
