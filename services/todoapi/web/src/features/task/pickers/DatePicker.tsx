import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Due, Recurrence, Task } from "../../../api/types";
import type { TaskFields } from "../../../store/acts";
import { useViewer } from "../../../store/hooks";
import { dayOf } from "../../../time/due";
import { Button } from "../../../ui/Button";
import { ChevronIcon, CloseIcon, RepeatIcon, UpcomingIcon } from "../../../ui/icons";
import { IconButton } from "../../../ui/IconButton";
import { Input } from "../../../ui/Input";
import { ClockIcon, GlobeIcon } from "../../../ui/moreIcons";
import { Select } from "../../../ui/Select";
import { duePatch } from "../edits";
import { lineQuery } from "../previews";
import { useSentence } from "../useSentence";
import { useWords } from "../useWords";
import { Calendar } from "./Calendar";
import styles from "./DatePicker.module.css";
import { QuickDays } from "./QuickDays";
import { RepeatPicker } from "./RepeatPicker";
import { useEnter } from "./useEnter";
import { useSettled } from "./useSettled";

/** What an edit makes of each task that it is about. */
export type FieldsOf = (task: Task) => TaskFields;

interface DatePickerProps {
  due: Due | null;
  recurrence: Recurrence | null;
  /** A day was chosen, or none: the time stays. */
  onDay: (day: string | null) => void;
  /** Anything else was. */
  onChange: (fieldsOf: FieldsOf) => void;
  /** What stands below, such as what the change is for. */
  children?: ReactNode;
}

/** When a task is due and how it repeats: said in words, or chosen. The content of a popover. */
export function DatePicker({ due, recurrence, onDay, onChange, children }: DatePickerProps) {
  const [repeating, setRepeating] = useState(false);
  const { now, zone } = useViewer();
  if (repeating) return <RepeatPicker due={due} recurrence={recurrence} onChange={onChange} onBack={() => setRepeating(false)} />;
  return (
    <div className={styles.picker}>
      <SaidDate onPick={onChange} />
      <QuickDays chosen={due !== null} onDay={onDay} />
      <Calendar day={due?.date ?? null} onPick={onDay} />
      <div className={styles.foot}>
        <TimeField due={due} onChange={(next) => onChange((task) => ({ due: duePatch(task.due, { ...next, date: next.date || dayOf(now, zone) }) }))} />
        <RepeatButton recurrence={recurrence} onPress={() => setRepeating(true)} />
      </div>
      {children}
    </div>
  );
}

/** A date in words, with what is understood of them. */
function SaidDate({ onPick }: { onPick: (fieldsOf: FieldsOf) => void }) {
  const { t, viewer, fullDue } = useWords();
  const [text, setText] = useState("");
  const asked = useSettled(text).trim();
  const { data, error } = useQuery({ ...lineQuery({ text: asked, dismissed: [] }, viewer), enabled: asked !== "" });
  const [said] = data?.tasks ?? [];
  const sentence = useSentence(said?.recurrence);
  const found = said?.due && text.trim() === asked ? { due: said.due, recurrence: said.recurrence } : null;

  const pick = found && (() => onPick((task) => ({ due: duePatch(task.due, found.due), ...(found.recurrence && { recurrence: found.recurrence }) })));
  const press = useEnter(text, pick);

  return (
    <div className={styles.said}>
      <Input plain aria-label={t("date.say")} placeholder={t("date.say")} autoFocus autoComplete="off" maxLength={200} value={text} onChange={(event) => setText(event.target.value)} onKeyDown={press} className={styles.saying} />
      {text.trim() !== "" && (
        <div aria-live="polite">
          {pick ? (
            <button type="button" className={styles.choice} onClick={pick}>
              <UpcomingIcon />
              <span className={styles.choiceName}>{[fullDue(found.due), sentence].filter(Boolean).join(" · ")}</span>
              <kbd className={styles.enter}>↵</kbd>
            </button>
          ) : (
            <p className={styles.nothing}>{error ? t("offlineWords") : data && text.trim() === asked ? t("date.notUnderstood") : "…"}</p>
          )}
        </div>
      )}
    </div>
  );
}

const zones = Intl.supportedValuesOf("timeZone");

/** The time of day, and the zone that it is of where that is not the person's own. */
function TimeField({ due, onChange }: { due: Due | null; onChange: (due: Due) => void }) {
  const { t } = useTranslation("task");
  const { zone: own } = useViewer();
  const [time, setTime] = useState(due?.time ?? "");
  const [zone, setZone] = useState(due?.zone ?? own);
  const [choosing, setChoosing] = useState(zone !== own);

  const save = (nextTime: string, nextZone: string) => {
    if (nextTime === (due?.time ?? "") && nextZone === (due?.zone ?? own)) return;
    onChange({ date: due?.date ?? "", ...(nextTime !== "" && { time: nextTime, ...(nextZone !== own && { zone: nextZone }) }) });
  };

  return (
    <>
      <div className={styles.line}>
        <ClockIcon />
        <label className={styles.lineName} htmlFor="due-time">
          {t("date.time")}
        </label>
        <input
          id="due-time"
          type="time"
          className={styles.time}
          value={time}
          onChange={(event) => setTime(event.target.value)}
          onBlur={() => save(time, zone)}
          onKeyDown={(event) => event.key === "Enter" && save(time, zone)}
        />
        {time !== "" && (
          <>
            <IconButton size="small" label={t("date.zone")} pressed={choosing} onClick={() => setChoosing(!choosing)}>
              <GlobeIcon />
            </IconButton>
            <IconButton size="small" label={t("date.noTime")} onClick={() => save("", own)}>
              <CloseIcon />
            </IconButton>
          </>
        )}
      </div>
      {choosing && time !== "" && (
        <div className={styles.zone}>
          <Select
            label={t("date.zone")}
            hideLabel
            value={zone}
            options={[...new Set([own, zone, ...zones])].map((value) => ({ value, label: value.replaceAll("_", " ") }))}
            onChange={(next) => {
              setZone(next);
              save(time, next);
            }}
          />
        </div>
      )}
    </>
  );
}

function RepeatButton({ recurrence, onPress }: { recurrence: Recurrence | null; onPress: () => void }) {
  const { t } = useTranslation("task");
  const sentence = useSentence(recurrence);
  return (
    <Button variant="quiet" size="small" icon={<RepeatIcon />} className={styles.repeat} onClick={onPress}>
      <span className={styles.lineName}>{recurrence ? (sentence ?? t("fact.repeats")) : t("repeat.set")}</span>
      <ChevronIcon />
    </Button>
  );
}
