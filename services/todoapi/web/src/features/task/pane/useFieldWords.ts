import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Due, Priority, Task } from "../../../api/types";
import { useEntities } from "../../../store/hooks";
import { useWords } from "../useWords";
import type { Field } from "./activity";
import { wayOf } from "./notify";
import "./texts";

/** What a field of a task holds, in words. */
export function useFieldWords(): (field: Field, value: unknown) => string {
  const { t, fullDue, day, duration, before, moment } = useWords();
  const { t: inPane } = useTranslation("pane");
  const { tasks, projects, sections } = useEntities();
  return useCallback(
    (field, value) => {
      if (field === "notify") return inPane(`notify.${wayOf(value as Task["notify"] | undefined)}`);
      if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return t("field.empty");
      switch (field) {
        case "title":
        case "notes":
          return value as string;
        case "priority":
          return t(`priority.${value as Priority}`);
        case "tags":
          return (value as string[]).join(", ");
        case "due":
          return fullDue(value as Due);
        case "start":
        case "deadline":
          return day(value as string);
        case "durationMinutes":
          return duration(value as number);
        case "recurrence":
          return (value as NonNullable<Task["recurrence"]>).rule;
        case "reminders":
          return (value as Task["reminders"]).map(({ at, minutesBefore }) => (at ? moment(at) : before(minutesBefore ?? 0))).join(", ");
        case "projectId":
          return projects.get(value as string)?.name ?? "";
        case "sectionId":
          return sections.get(value as string)?.name ?? "";
        case "parentId":
          return tasks.get(value as string)?.title ?? "";
      }
    },
    [t, inPane, fullDue, day, duration, before, moment, tasks, projects, sections],
  );
}
