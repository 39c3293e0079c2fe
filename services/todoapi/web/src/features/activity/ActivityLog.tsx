import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import { useViewer, useZone } from "../../store/hooks";
import { addDays, clockTime, dayOf } from "../../time/due";
import { useNow } from "../../time/useNow";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { ActivityIcon, WarningIcon } from "../../ui/icons";
import { UndoIcon } from "../../ui/moreIcons";
import { Spinner } from "../../ui/Spinner";
import { showToast } from "../../ui/toastStore";
import styles from "./activity.module.css";
import { useLog } from "./api";
import { byDay, canUndo, type Happening, happeningsOf } from "./entry";
import english from "../../i18n/en/activity.json";
import { addEnglish } from "../../i18n/i18n";

addEnglish("activity", english);

/** What happened, by days, the latest first. */
export function ActivityLog() {
  const { t } = useTranslation("activity");
  const log = useLog();
  const zone = useZone();
  if (log.isPending) return <Spinner label={t("loading")} />;
  if (log.isError && !log.data) {
    return <EmptyState icon={<WarningIcon />} title={t("failed")} text={log.error.message} action={<Button onClick={() => void log.refetch()}>{t("again")}</Button>} />;
  }
  const happenings = happeningsOf(log.data.pages.flatMap(({ entries }) => entries));
  if (happenings.length === 0) return <EmptyState icon={<ActivityIcon />} title={t("empty")} text={t("emptyText")} />;
  return (
    <div className={styles.log}>
      {byDay(happenings, (at) => dayOf(at, zone)).map(({ day, happenings: ofDay }) => (
        <Day key={day} day={day} happenings={ofDay} />
      ))}
      {log.hasNextPage && (
        <Button busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </div>
  );
}

function Day({ day, happenings }: { day: string; happenings: readonly Happening[] }) {
  return (
    <section>
      <h2 className={styles.day}>{useDayName(day)}</h2>
      <ol>
        {happenings.map((happening) => (
          <Line key={happening.position} happening={happening} />
        ))}
      </ol>
    </section>
  );
}

function Line({ happening }: { happening: Happening }) {
  const { t, i18n } = useTranslation("activity");
  const viewer = useViewer();
  const { type, at, by, fields, count } = happening;
  const name = type === "account.exported" ? t(`form.${happening.name}` as "form.json", { defaultValue: happening.name }) : happening.name;
  const list = new Intl.ListFormat(i18n.language, { type: "unit" });
  // A type of a later version has no words here yet.
  const verb = t(`type.${type}` as "type.task.created", { defaultValue: type });
  const words = [verb, name, count > 1 ? t("others", { count: count - 1 }) : "", by === null ? "" : t(`by.${by.kind}`, { name: "name" in by ? by.name : "" })];
  return (
    <li className={styles.line}>
      <span className={styles.text}>
        {verb} {name !== "" && <strong>{name}</strong>} {words.slice(2).join(" ")}
        {fields.length > 0 && (
          <span className={styles.fields}>
            {t("fields", { fields: list.format(fields.map((field) => t(`field.${field}` as "field.title", { defaultValue: field }))) })}
          </span>
        )}
      </span>
      {canUndo(happening, viewer.now) && <Undo happening={happening} what={words.filter(Boolean).join(" ")} />}
      <time dateTime={at}>{clockTime(new Date(at), viewer)}</time>
    </li>
  );
}

function Undo({ happening: { group }, what }: { happening: Happening; what: string }) {
  const { t } = useTranslation("activity");
  const undo = useMutation({
    mutationFn: (id: string) => client.call(operations.undo, { body: { group: id }, headers: { "Idempotency-Key": `undo-${id}` } }),
    onSuccess: () => showToast({ tone: "plain", message: t("undone") }),
    onError: (error) => showToast({ tone: "error", message: error.message }),
  });
  if (group === null) return null;
  return (
    <Button
      className={styles.undo}
      variant="quiet"
      size="small"
      icon={<UndoIcon />}
      busy={undo.isPending}
      disabled={undo.isSuccess}
      aria-label={t("undoNamed", { what })}
      onClick={() => undo.mutate(group)}
    >
      {t("undo")}
    </Button>
  );
}

function useDayName(day: string): string {
  const { t, i18n } = useTranslation("activity");
  const today = dayOf(useNow(), useZone());
  if (day === today) return t("today");
  if (day === addDays(today, -1)) return t("yesterday");
  const format = new Intl.DateTimeFormat(i18n.language, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC", ...(day.slice(0, 4) !== today.slice(0, 4) && { year: "numeric" }) });
  return format.format(new Date(`${day}T00:00:00Z`));
}
