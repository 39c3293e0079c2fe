import { Calendar } from "./Calendar";
import styles from "./DatePicker.module.css";
import { QuickDays } from "./QuickDays";

interface DayPickerProps {
  day: string | null;
  onPick: (day: string | null) => void;
}

/** A day, without a time. The content of a popover. */
export function DayPicker({ day, onPick }: DayPickerProps) {
  return (
    <div className={styles.picker}>
      <QuickDays chosen={day !== null} onDay={onPick} />
      <Calendar day={day} onPick={onPick} />
    </div>
  );
}
