import type { Settings } from "../../api/types";
import { clockTime, instantOf } from "../../time/due";
import { Combobox } from "../../ui/Combobox";
import styles from "./settings.module.css";

interface TimeChoiceProps {
  label: string;
  value: string;
  onChange: (time: string) => void;
  settings: Settings;
}

/** A time of the day, found by typing. */
export function TimeChoice({ label, value, onChange, settings }: TimeChoiceProps) {
  const words = (time: string) => clockTime(instantOf("2024-01-01", time, "UTC"), { now: new Date(), zone: "UTC", locale: settings.locale });
  return (
    <div className={styles.fixed}>
      <Combobox label={label} hideLabel value={value} onChange={onChange} options={timesWith(value).map((time) => ({ value: time, label: words(time) }))} />
    </div>
  );
}

/** Each half hour of a day, and the time that is chosen, whichever it is. */
function timesWith(chosen: string): string[] {
  const halves = Array.from({ length: 48 }, (_, half) => `${String(half >> 1).padStart(2, "0")}:${half % 2 === 0 ? "00" : "30"}`);
  return [...new Set([...halves, chosen])].sort();
}
