/** The columns of a table that an import knows (docs/transfer.md), the likely ones first. */
export const columns = [
  "title",
  "notes",
  "project",
  "section",
  "due",
  "priority",
  "tags",
  "completed",
  "deadline",
  "start",
  "duration",
  "recurrence",
  "parent",
  "created",
  "zone",
  "anchor",
  "id",
] as const;

export type Column = (typeof columns)[number];

/** Which column of the file is which here; those that are absent have their own names. */
export type Mapping = Partial<Record<Column, string>>;

/** What other programs call their columns. */
const otherNames: Partial<Record<Column, readonly string[]>> = {
  title: ["task", "task name", "name", "summary", "subject", "content", "aufgabe", "titel", "tâche", "titre", "nom"],
  notes: ["note", "description", "details", "body", "comment", "notizen", "beschreibung", "remarques"],
  project: ["list", "list name", "group", "category", "projekt", "liste", "projet"],
  section: ["column", "bucket", "abschnitt", "spalte"],
  due: ["due date", "date", "when", "deadline date", "fällig", "datum", "échéance"],
  priority: ["importance", "prio", "priorität", "priorité"],
  tags: ["labels", "label", "tag", "contexts", "etiketten", "étiquettes"],
  completed: ["done", "completed at", "completion date", "finished", "erledigt", "terminé"],
  created: ["created at", "created time", "erstellt", "créé"],
};

/** How much of a file its first line may be at most. */
export const longestHeader = 64 * 1024;

/** The names of the columns in the first line of a table. Its separator is what occurs most there. */
export function headerOf(text: string): string[] {
  const start = text.replace(/^\uFEFF/, "");
  const line = start.slice(0, start.search(/\r?\n|$/));
  const separator = [",", ";", "\t"].reduce((best, one) => (line.split(one).length > line.split(best).length ? one : best));
  return cellsOf(line, separator);
}

function cellsOf(line: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const sign = line.charAt(at);
    if (sign === '"' && quoted && line.charAt(at + 1) === '"') {
      // A quote within quotes is written twice.
      cell += sign;
      at += 1;
    } else if (sign === '"') quoted = !quoted;
    else if (sign === separator && !quoted) {
      cells.push(cell);
      cell = "";
    } else cell += sign;
  }
  return [...cells, cell].map((name) => name.trim());
}

const same = (one: string, other: string) => one.toLocaleLowerCase() === other.toLocaleLowerCase();

/** Whether an import finds what it must in the columns as they are named. */
export function namesTitle(header: readonly string[]): boolean {
  return header.some((name) => same(name, "title"));
}

/** Tables of programs that an import knows by their own columns. */
export function isOfKnownProgram(text: string): boolean {
  const header = headerOf(text);
  const has = (...names: string[]) => names.every((name) => header.some((one) => same(one, name)));
  return has("TYPE", "CONTENT") || text.includes('"Folder Name"') || has("List Name", "Title");
}

/** Which columns are likely which. One that has its own name needs no word. */
export function guessOf(header: readonly string[]): Mapping {
  const mapping: Mapping = {};
  for (const column of columns) {
    if (header.some((name) => same(name, column))) continue;
    const taken = Object.values(mapping);
    const found = otherNames[column]?.map((other) => header.find((name) => same(name, other) && !taken.includes(name))).find((name) => name !== undefined);
    if (found !== undefined) mapping[column] = found;
  }
  return mapping;
}

/** A mapping as the query of an import has it. */
export function columnQuery(mapping: Mapping): string[] {
  return Object.entries(mapping)
    .filter(([, name]) => name !== "")
    .map(([column, name]) => `${column}=${name}`);
}
