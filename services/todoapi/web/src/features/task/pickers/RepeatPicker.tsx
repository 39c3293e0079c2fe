import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../../api/http";
import type { Anchor, Due, Recurrence, RecurrencePreview } from "../../../api/types";
import { useViewer } from "../../../store/hooks";
import { dayOf } from "../../../time/due";
import { Button } from "../../../ui/Button";
import { cx } from "../../../ui/cx";
import { CheckIcon, CloseIcon } from "../../../ui/icons";
import { IconButton } from "../../../ui/IconButton";
import { ChevronLeftIcon } from "../../../ui/moreIcons";
import { SegmentedControl } from "../../../ui/SegmentedControl";
import { TextArea } from "../../../ui/TextArea";
import { duePatch } from "../edits";
import { repeatQuery } from "../previews";
import { useWords } from "../useWords";
import type { FieldsOf } from "./DatePicker";
import styles from "./DatePicker.module.css";
import { commonRules, isRule, nextDates, plainRule, repeatTextOf, withoutClamp } from "./recurrence";
import { useEnter } from "./useEnter";
import { useSettled } from "./useSettled";

interface RepeatPickerProps {
  due: Due | null;
  recurrence: Recurrence | null;
  onChange: (fieldsOf: FieldsOf) => void;
  onBack: () => void;
}

/** How a task repeats: by a common rule, or in words with the dates that they mean. */
export function RepeatPicker({ due, recurrence, onChange, onBack }: RepeatPickerProps) {
  const { t, plain } = useWords();
  const { now, zone } = useViewer();
  const [anchor, setAnchor] = useState<Anchor>(recurrence?.anchor ?? "schedule");
  const current = recurrence && withoutClamp(recurrence.rule);

  /** What repeats needs a date to start from: today, where it has none. */
  const repeat = (rule: string, from: Anchor = anchor) =>
    onChange((task) => ({ recurrence: { rule, anchor: from }, ...(task.due === null && { due: { date: dayOf(now, zone) } }) }));

  return (
    <div className={styles.picker}>
      <div className={styles.back}>
        <IconButton size="small" label={t("back")} onClick={onBack}>
          <ChevronLeftIcon />
        </IconButton>
        <span className={styles.backName}>{t("repeat.title")}</span>
      </div>
      <div className={styles.choices}>
        {commonRules.map(({ rule, name }) => {
          const known = plainRule(rule);
          return (
            <button key={name} type="button" className={styles.choice} aria-pressed={rule === current} onClick={() => repeat(rule)}>
              <span className={cx(styles.choiceName, styles.sentence)}>{known && plain(known)}</span>
              {rule === current && <CheckIcon />}
            </button>
          );
        })}
        {recurrence && (
          <button type="button" className={styles.choice} onClick={() => onChange(() => ({ recurrence: null }))}>
            <CloseIcon />
            <span className={styles.choiceName}>{t("repeat.never")}</span>
          </button>
        )}
      </div>
      <SaidRepeat due={due} start={recurrence && !plainRule(recurrence.rule) ? recurrence.rule : ""} anchor={anchor} onPick={onChange} />
      {recurrence && (
        <div className={styles.anchor}>
          <SegmentedControl
            label={t("repeat.anchor")}
            value={anchor}
            onChange={(next) => {
              setAnchor(next);
              repeat(recurrence.rule, next);
            }}
            options={[
              { value: "schedule", label: t("repeat.fromDue") },
              { value: "completion", label: t("repeat.fromDone") },
            ]}
          />
        </div>
      )}
    </div>
  );
}

interface SaidRepeatProps {
  due: Due | null;
  /** A rule that stands there at first, which has no name. */
  start: string;
  anchor: Anchor;
  onPick: (fieldsOf: FieldsOf) => void;
}

function SaidRepeat({ due, start, anchor, onPick }: SaidRepeatProps) {
  const { t } = useTranslation("task");
  const viewer = useViewer();
  const [text, setText] = useState(start);
  const asked = useSettled(text);
  const { data, error } = useQuery({ ...repeatQuery(repeatTextOf(asked, due, viewer), viewer), enabled: asked.trim() !== "" });
  const known = text === asked && asked.trim() !== "" ? data : undefined;

  const pick = known ? () => onPick((task) => fieldsOfPreview(known, task.due, isRule(text) ? anchor : known.anchor, isRule(text))) : null;
  const press = useEnter(text, pick);

  return (
    <div className={styles.inWords}>
      <TextArea aria-label={t("repeat.say")} placeholder={t("repeat.example")} maxLength={500} value={text} onChange={(event) => setText(event.target.value)} onKeyDown={press} />
      <div aria-live="polite">
        {known && <Meaning preview={known} begins={due?.date !== known.start.date} />}
        {error && text === asked && <p className={styles.fault}>{error instanceof ApiError ? ([...error.fields.values()][0] ?? error.message) : t("offlineWords")}</p>}
      </div>
      {text.trim() !== "" && text !== start && (
        <Button variant="primary" size="small" disabled={!pick} onClick={pick ?? undefined}>
          {t("repeat.take")}
        </Button>
      )}
    </div>
  );
}

/** Words say when a task begins, too, and a rule counts from when it is due. */
function fieldsOfPreview({ rule, start }: RecurrencePreview, due: Due | null, anchor: Anchor, isPlainRule: boolean) {
  return { recurrence: { rule, anchor }, ...((!isPlainRule || due === null) && { due: duePatch(due, start) }) };
}

/** The sentence and the next dates: those that follow the due date, or from the one on that the words set. */
function Meaning({ preview, begins }: { preview: RecurrencePreview; begins: boolean }) {
  const { t, viewer, fullDue } = useWords();
  const next = nextDates(preview, viewer);
  const dates = (begins ? [fullDue(preview.start), ...next] : next).slice(0, 5);
  return (
    <>
      <p className={styles.sentence}>{preview.text}</p>
      {dates.length === 0 ? (
        <p className={styles.nothing}>{t("repeat.noMore")}</p>
      ) : (
        <ol className={styles.dates} aria-label={t("repeat.next")}>
          {dates.map((date) => (
            <li key={date}>{date}</li>
          ))}
        </ol>
      )}
    </>
  );
}
