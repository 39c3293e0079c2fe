import type { StartImportData } from "../../api/generated/types.gen.ts";

export type Format = NonNullable<NonNullable<StartImportData["query"]>["format"]>;

/** What files can be, as the API names it. */
export const formats: readonly Format[] = ["json", "csv", "ics", "todoist", "todoist-csv", "vikunja", "microsoft-todo", "ticktick"];

/** No file may be larger. */
export const largestFile = 32 * 1024 * 1024;

const types: Readonly<Record<string, string>> = {
  json: "application/json",
  csv: "text/csv",
  tsv: "text/csv",
  ics: "text/calendar",
  zip: "application/zip",
};

function endingOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}

/** What a file is sent as. What is in it counts for more. */
export function typeOf(name: string): string {
  return types[endingOf(name)] ?? "application/octet-stream";
}

/** What the name alone tells; undefined: see what is in it. */
export function formatOf(name: string): Format | undefined {
  if (/^todoplatform-.*\.json$/i.test(name)) return "json";
  return endingOf(name) === "ics" ? "ics" : undefined;
}

export function isTable(name: string, format: Format | undefined): boolean {
  return format === undefined ? types[endingOf(name)] === "text/csv" : format === "csv";
}

/** How long to wait before asking the nth time how far an import is. */
export function waitMs(asked: number): number {
  return Math.min(5_000, 400 * 1.5 ** asked);
}
