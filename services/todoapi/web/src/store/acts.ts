import { v7 as uuid } from "uuid";
import type { Task } from "../api/types";
import type { Act, Command, Entities, Kind, Kinds, Lines } from "./model";

/** What can be done to tasks and all else. Each makes one act, which can be undone as one. */

export function newId(): string {
  return uuid();
}

function one(name: string, id: string, fields?: Command["fields"]): Act {
  return { kind: "commands", commands: [{ name, id, ...(fields && { fields }) }] };
}

/** Several acts as one. Only commands can be joined. */
export function many(acts: readonly Act[]): Act {
  return { kind: "commands", commands: acts.flatMap((act) => (act.kind === "commands" ? act.commands : [])) };
}

export type TaskFields = Partial<
  Pick<Task, "title" | "notes" | "priority" | "tags" | "due" | "recurrence" | "reminders" | "start" | "deadline" | "durationMinutes" | "notify" | "projectId" | "sectionId" | "parentId">
>;

export interface Beside {
  before?: string;
  after?: string;
}

/** Where a task may be put: a member that is absent stays as it is. */
export type TaskPlace = Partial<Pick<Task, "projectId" | "sectionId" | "parentId">> | Beside;

export const createTask = (id: string, fields: TaskFields & { title: string }) => one("task.create", id, fields);
export const completeTask = (id: string) => one("task.complete", id);
export const reopenTask = (id: string) => one("task.reopen", id);
export const deleteTask = (id: string) => one("task.delete", id);
export const restoreTask = (id: string) => one("task.restore", id);
export const moveTask = (id: string, to: TaskPlace) => one("task.move", id, { ...to });
export const pauseTask = (id: string) => one("task.pause", id);
export const skipTask = (id: string): Act => ({ kind: "step", name: "skip", id });
export const resumeTask = (id: string): Act => ({ kind: "step", name: "resume", id });
export const quickAdd = (lines: Lines): Act => ({ kind: "lines", lines });
export const undo = (opId: string): Act => ({ kind: "undo", opId });
/** Takes back an act that was done elsewhere, by its group. */
export const undoGroup = (group: string) => one("act.undo", group);

/** Changes fields of an object as the person sees it. What they were is kept, to tell a conflict. */
function update<K extends Kind>(name: string, before: Kinds[K], fields: Partial<Kinds[K]>): Act {
  const was = Object.fromEntries(Object.keys(fields).map((field) => [field, before[field as keyof Kinds[K]]]));
  return { kind: "commands", commands: [{ name, id: before.id, fields, was }] };
}

export const updateTask = (task: Task, fields: TaskFields) => update<"tasks">("task.update", task, fields);
/** Changes this occurrence of a recurring task alone. */
export const updateOccurrence = (task: Task, fields: TaskFields) => update<"tasks">("task.update_occurrence", task, fields);
/** Changes this occurrence of a recurring task and all that follow. */
export const updateSeries = (task: Task, fields: TaskFields) => update<"tasks">("task.update_series", task, fields);

export type ProjectFields = Partial<Pick<Kinds["projects"], "name" | "colour" | "favourite" | "parentId">>;
export const createProject = (id: string, fields: ProjectFields & { name: string }) => one("project.create", id, fields);
export const updateProject = (project: Kinds["projects"], fields: ProjectFields) => update<"projects">("project.update", project, fields);
export const moveProject = (id: string, to: Beside | { parentId: string | null }) => one("project.move", id, { ...to });
export const archiveProject = (id: string) => one("project.archive", id);
export const unarchiveProject = (id: string) => one("project.unarchive", id);
export const deleteProject = (id: string) => one("project.delete", id);

export const createSection = (id: string, projectId: string, name: string) => one("section.create", id, { projectId, name });
export const updateSection = (section: Kinds["sections"], name: string) => update<"sections">("section.update", section, { name });
export const moveSection = (id: string, to: Beside | { projectId: string }) => one("section.move", id, { ...to });
export const deleteSection = (id: string) => one("section.delete", id);

export type TagFields = Partial<Pick<Kinds["tags"], "name" | "colour" | "favourite">>;
export const createTag = (id: string, fields: TagFields & { name: string }) => one("tag.create", id, fields);
export const updateTag = (tag: Kinds["tags"], fields: TagFields) => update<"tags">("tag.update", tag, fields);
export const deleteTag = (id: string) => one("tag.delete", id);

export type FilterFields = Partial<Pick<Kinds["filters"], "name" | "query" | "colour" | "favourite">>;
export const createFilter = (id: string, fields: FilterFields & { name: string; query: string }) => one("filter.create", id, fields);
export const updateFilter = (filter: Kinds["filters"], fields: FilterFields) => update<"filters">("filter.update", filter, fields);
export const moveFilter = (id: string, to: Beside) => one("filter.move", id, { ...to });
export const deleteFilter = (id: string) => one("filter.delete", id);

export const createComment = (id: string, taskId: string, text: string) => one("comment.create", id, { taskId, text });
export const updateComment = (comment: Kinds["comments"], text: string) => update<"comments">("comment.update", comment, { text });
export const deleteComment = (id: string) => one("comment.delete", id);

export type SettingsFields = Partial<Pick<NonNullable<Entities["settings"]>, "zone" | "locale" | "weekStart" | "dayStart" | "remindersBy" | "digestBy" | "digestAt" | "overdueBy" | "overdueAt" | "quietHours">>;
export const updateSettings = (fields: SettingsFields): Act => ({ kind: "commands", commands: [{ name: "settings.update", id: "", fields }] });
