import type { QuickAddTask } from "../../../api/types";
import * as acts from "../../../store/acts";
import type { Act, Entities, Kinds } from "../../../store/model";
import type { Place } from "../list/items";
import { type Line, fieldsOfLine, linesOf, toBytes } from "./quickAdd";

/** When, where and in which language lines were typed. */
export interface Said {
  now: Date;
  zone: string;
  locale: string;
}

type Known = Pick<Entities, "projects" | "sections">;

/**
 * The act that adds what a line says. What was read of it is made a task at once. Without that, or
 * where it names a project that is not there yet, the server reads the line itself.
 */
export function actOfLine(line: Line, read: QuickAddTask | null, place: Place, known: Known, said: Said): Act {
  const to = read && placeOf(read, place, known);
  if (!read || !to || remindsBeforeNothing(read)) return linesAct(line, place, said, read?.due === undefined);
  const day = place.day !== undefined && !read.due ? { due: { date: place.day } } : {};
  return acts.createTask(acts.newId(), { ...fieldsOfLine(read), ...day, ...to });
}

/** The act that adds the lines of a text, one task each. */
export function linesAct({ text, dismissed }: Line, { day, projectId, sectionId, parentId }: Place, { now, zone, locale }: Said, undated = true): Act {
  const dated = day !== undefined && undated ? linesOf(text).map((one) => `${one} ${day}`).join("\n") : text;
  return acts.quickAdd({
    text: dated,
    now: now.toISOString(),
    zone,
    locale,
    ...(dismissed.length > 0 && { ignore: toBytes(text, dismissed) }),
    ...(projectId && { projectId }),
    ...(sectionId && { sectionId }),
    ...(parentId && { parentId }),
  });
}

/** Where a task goes: to the project that its line names, else where the list is. null: that project is not there. */
function placeOf({ project, section }: QuickAddTask, { projectId, sectionId, parentId }: Place, known: Known): Pick<acts.TaskFields, "projectId" | "sectionId" | "parentId"> | null {
  if (project === undefined) return { ...(projectId && { projectId }), ...(sectionId && { sectionId }), ...(parentId && { parentId }) };
  const named = byName([...known.projects.values()].filter(({ archivedAt }) => archivedAt === null), project);
  if (!named) return null;
  if (section === undefined) return { projectId: named.id };
  const part = byName([...known.sections.values()].filter((one) => one.projectId === named.id), section);
  return part ? { projectId: named.id, sectionId: part.id } : null;
}

function byName<Item extends Kinds["projects"] | Kinds["sections"]>(items: readonly Item[], name: string): Item | undefined {
  return items.find((item) => item.name.toLowerCase() === name.toLowerCase());
}

/** A reminder before a task is due needs a due date: the server knows what is meant without. */
function remindsBeforeNothing({ due, reminders }: QuickAddTask): boolean {
  return !due && reminders.some(({ minutesBefore }) => minutesBefore !== undefined);
}
