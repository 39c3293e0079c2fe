import type { Recurrence, Settings, Task } from "../api/types";
import type { Draft } from "./draft";
import type { Act, Command, Kind, Kinds, Lines, Op } from "./model";
import { byPosition, keyBetween, last } from "./order";

/** Shows what an act is going to do, before the server has done it and after. */
export function predict(draft: Draft, { act, at, id }: Pick<Op, "act" | "at" | "id">): void {
  const when = new Date(at).toISOString();
  for (const command of commandsOf(act, id)) predictors[command.name]?.(draft, command, when);
}

/** What is known beforehand of an act, as commands. How a rule goes on, and what an undo brings back, is not. */
function commandsOf(act: Act, opId: string): readonly Command[] {
  switch (act.kind) {
    case "commands":
      return act.commands;
    case "lines":
      return linesAsCommands(act.lines, opId);
    case "step":
      return act.name === "resume" ? [{ name: "task.resume", id: act.id }] : [];
    case "undo":
      return [];
  }
}

/** Whether an id is that of a task that stands for a line until the server has read it. */
export function isProvisional(id: string): boolean {
  return id.startsWith("line:");
}

function linesAsCommands({ text, projectId, sectionId, parentId }: Lines, opId: string): Command[] {
  const titles = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  return titles.flatMap((title, at) =>
    title === "" ? [] : [{ name: "task.create", id: `line:${opId}:${at}`, fields: { title, projectId, sectionId, parentId } }],
  );
}

type Predictor = (draft: Draft, command: Command, when: string) => void;

const predictors: Readonly<Record<string, Predictor>> = {
  "task.create": createTask,
  "task.update": updateTask,
  "task.update_occurrence": updateTask,
  "task.update_series": updateTask,
  "task.move": moveTask,
  "task.complete": (draft, { id }, when) => patchBranch(draft, id, { completedAt: when }, ({ completedAt }) => completedAt === null),
  "task.reopen": reopenTask,
  "task.delete": (draft, { id }) => draft.branch(id).forEach((one) => draft.remove("tasks", one)),
  "task.pause": (draft, { id }) => setPaused(draft, id, true),
  "task.resume": (draft, { id }) => setPaused(draft, id, false),
  "project.create": creator("projects", { parentId: null, colour: "grey", favourite: false, archivedAt: null, position: last }),
  "project.update": updater("projects"),
  "project.move": mover("projects"),
  "project.archive": (draft, { id }, when) => draft.patch("projects", id, { archivedAt: when }),
  "project.unarchive": (draft, { id }) => draft.patch("projects", id, { archivedAt: null }),
  "project.delete": (draft, { id }) => projectsBelow(draft, id).forEach((one) => deleteProject(draft, one)),
  "section.create": creator("sections", { position: last }),
  "section.update": updater("sections"),
  "section.move": moveSection,
  "section.delete": (draft, { id }) => deleteSection(draft, id),
  "tag.create": creator("tags", { colour: "grey", favourite: false }),
  "tag.update": updateTag,
  "tag.delete": (draft, { id }) => {
    retag(draft, draft.get("tags", id)?.name, undefined);
    draft.remove("tags", id);
  },
  "filter.create": creator("filters", { colour: "grey", favourite: false, position: last }),
  "filter.update": updater("filters"),
  "filter.move": mover("filters"),
  "filter.delete": (draft, { id }) => draft.remove("filters", id),
  "comment.create": creator("comments", {}),
  "comment.update": updater("comments"),
  "comment.delete": (draft, { id }) => draft.remove("comments", id),
  "settings.update": (draft, { fields }) => {
    if (draft.settings) draft.settings = { ...draft.settings, ...(fields as Partial<Settings>) };
  },
};

/** A new object is shown until the real one has come. */
function creator<K extends Kind>(kind: K, defaults: Partial<Kinds[K]>): Predictor {
  return (draft, { id, fields }, when) => {
    if (draft.get(kind, id)) return;
    draft.put(kind, { version: 0, createdAt: when, updatedAt: when, ...defaults, ...defined(fields), id } as unknown as Kinds[K]);
  };
}

function updater(kind: Kind): Predictor {
  return (draft, { id, fields }) => draft.patch(kind, id, { ...fields });
}

/** Fields that say something: JSON leaves out the others. */
function defined(fields: Command["fields"] = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A task of which nothing is said but its title. */
export const plainTask: Omit<Task, "id" | "title" | "createdAt" | "updatedAt"> = {
  version: 0,
  notes: "",
  priority: 4,
  tags: [],
  due: null,
  recurrence: null,
  reminders: [],
  series: null,
  usual: null,
  projectId: null,
  sectionId: null,
  parentId: null,
  start: null,
  deadline: null,
  durationMinutes: null,
  notify: null,
  position: last,
  completedAt: null,
};

function createTask(draft: Draft, command: Command, when: string): void {
  const fields = defined(command.fields);
  const parent = draft.get("tasks", String(fields.parentId));
  const place = parent ? placeOf(parent) : {};
  creator("tasks", plainTask)(draft, { ...command, fields: { ...fields, ...place } }, when);
}

function updateTask(draft: Draft, { id, fields = {} }: Command): void {
  const task = draft.get("tasks", id);
  if (!task) return;
  const { recurrence, ...others } = fields as Partial<Task>;
  const rule = recurrence === undefined ? {} : { recurrence: merged(task.recurrence, recurrence) };
  draft.put("tasks", { ...task, ...others, ...rule });
  const elsewhere = "projectId" in fields || "sectionId" in fields || "parentId" in fields;
  if (elsewhere) place(draft, id, others);
}

/** A rule is patched as an object of its own. */
function merged(before: Recurrence | null, patch: Recurrence | null): Recurrence | null {
  return patch && before ? { ...before, ...patch } : patch;
}

type Place = Pick<Task, "projectId" | "sectionId">;

function placeOf({ projectId, sectionId }: Place): Place {
  return { projectId, sectionId };
}

/** Puts a task and all below it elsewhere: below another one, or in a project or section, where it leaves its parent. */
function place(draft: Draft, id: string, to: Partial<Pick<Task, "projectId" | "sectionId" | "parentId">>): void {
  const task = draft.get("tasks", id);
  if (!task) return;
  const parent = to.parentId ? draft.get("tasks", to.parentId) : undefined;
  const section = to.sectionId ? draft.get("sections", to.sectionId) : undefined;
  const own: Place = parent
    ? placeOf(parent)
    : {
        projectId: section?.projectId ?? (to.projectId === undefined ? task.projectId : to.projectId),
        sectionId: section?.id ?? (to.projectId === undefined && to.sectionId === undefined ? task.sectionId : null),
      };
  draft.put("tasks", { ...task, ...own, parentId: parent?.id ?? null });
  for (const below of draft.branch(id).slice(1)) draft.patch("tasks", below, own);
}

function moveTask(draft: Draft, { id, fields = {} }: Command): void {
  const to = fields as Partial<Pick<Task, "projectId" | "sectionId" | "parentId">> & Beside;
  const task = draft.get("tasks", id);
  if (!task) return;
  const neighbour = draft.get("tasks", to.before ?? to.after ?? "");
  if (neighbour) {
    place(draft, id, neighbour.parentId ? { parentId: neighbour.parentId } : placeOf(neighbour));
    const alike = (other: Task) => other.parentId === neighbour.parentId && other.projectId === neighbour.projectId && other.sectionId === neighbour.sectionId;
    draft.patch("tasks", id, { position: positionBeside(draft.table("tasks").values(), id, to, alike) });
    return;
  }
  place(draft, id, to);
  draft.patch("tasks", id, { position: last });
}

interface Beside {
  before?: string;
  after?: string;
}

/** The order key just before or after another object among those alike. */
function positionBeside<Item extends { id: string; position: string }>(
  items: Iterable<Item>,
  moved: string,
  { before, after }: Beside,
  alike: (item: Item) => boolean,
): string {
  const others = [...items].filter((item) => item.id !== moved && alike(item)).sort(byPosition);
  const at = others.findIndex(({ id }) => id === (before ?? after));
  if (at < 0) return last;
  const upper = before === undefined ? at + 1 : at;
  return keyBetween(others[upper - 1]?.position ?? null, others[upper]?.position ?? null);
}

function patchBranch(draft: Draft, id: string, fields: Partial<Task>, only: (task: Task) => boolean): void {
  for (const one of draft.branch(id)) {
    const task = draft.get("tasks", one);
    if (task && only(task)) draft.put("tasks", { ...task, ...fields });
  }
}

/** Reopening a subtask reopens what it is part of. */
function reopenTask(draft: Draft, { id }: Command): void {
  for (let task = draft.get("tasks", id); task; task = draft.get("tasks", task.parentId ?? "")) {
    if (task.completedAt !== null) draft.put("tasks", { ...task, completedAt: null });
  }
}

function setPaused(draft: Draft, id: string, paused: boolean): void {
  const task = draft.get("tasks", id);
  if (task?.recurrence) draft.put("tasks", { ...task, recurrence: { ...task.recurrence, paused } });
}

function mover(kind: "projects" | "filters"): Predictor {
  return (draft, { id, fields = {} }) => {
    const to = fields as Beside & { parentId?: string | null };
    const neighbour = draft.get(kind, to.before ?? to.after ?? "");
    const parent = neighbour && "parentId" in neighbour ? neighbour.parentId : to.parentId;
    const alike = (item: object) => !("parentId" in item) || item.parentId === parent;
    const position = neighbour ? positionBeside<Kinds["projects"] | Kinds["filters"]>(draft.table(kind).values(), id, to, alike) : last;
    draft.patch(kind, id, { position, ...(parent !== undefined && { parentId: parent }) });
  };
}

function moveSection(draft: Draft, { id, fields = {} }: Command): void {
  const to = fields as Beside & { projectId?: string };
  const projectId = draft.get("sections", to.before ?? to.after ?? "")?.projectId ?? to.projectId;
  if (projectId === undefined) return;
  const position = positionBeside(draft.table("sections").values(), id, to, (section) => section.projectId === projectId);
  draft.patch("sections", id, { projectId, position });
  for (const task of draft.table("tasks").values()) {
    if (task.sectionId === id && task.projectId !== projectId) draft.put("tasks", { ...task, projectId });
  }
}

function projectsBelow(draft: Draft, id: string): string[] {
  const ids = [id];
  for (const above of ids) {
    for (const project of draft.table("projects").values()) if (project.parentId === above) ids.push(project.id);
  }
  return ids;
}

function deleteProject(draft: Draft, id: string): void {
  for (const section of draft.table("sections").values()) if (section.projectId === id) draft.remove("sections", section.id);
  removeTasks(draft, ({ projectId }) => projectId === id);
  draft.remove("projects", id);
}

function deleteSection(draft: Draft, id: string): void {
  removeTasks(draft, ({ sectionId }) => sectionId === id);
  draft.remove("sections", id);
}

function removeTasks(draft: Draft, which: (task: Task) => boolean): void {
  const doomed = [...draft.table("tasks").values()].filter(which);
  for (const { id } of doomed) draft.remove("tasks", id);
}

/** A tag with a new name has it on all tasks; with the name of another tag, the two become one. */
function updateTag(draft: Draft, { id, fields = {} }: Command): void {
  const tag = draft.get("tags", id);
  if (!tag) return;
  const name = (fields as { name?: string }).name;
  const other = [...draft.table("tags").values()].find((one) => one.id !== id && one.name.toLowerCase() === name?.toLowerCase());
  if (name !== undefined && name !== tag.name) retag(draft, tag.name, other?.name ?? name);
  if (other) draft.remove("tags", id);
  else draft.put("tags", { ...tag, ...fields });
}

function retag(draft: Draft, from: string | undefined, to: string | undefined): void {
  if (from === undefined) return;
  for (const task of draft.table("tasks").values()) {
    if (!task.tags.includes(from)) continue;
    const tags = task.tags.flatMap((name) => (name !== from ? [name] : to === undefined ? [] : [to]));
    draft.put("tasks", { ...task, tags: [...new Set(tags)] });
  }
}
