import type { Browser } from "playwright-core";
import { Person, type PersonOptions } from "./harness";

/** A person who has something on every page. */
export interface Busy {
  person: Person;
  project: string;
  pages: readonly [name: string, path: string][];
}

const text = [
  "Write the report today 23:50 #Work p2",
  "  Collect the figures",
  "  Draft the summary",
  "Review the pull request #Work/Doing tomorrow p1",
  "Water the plants every 3 days #Home",
  "Call Ann tomorrow 9am p1 @phone",
  "Pay rent every month on the 1st !1d p1",
  "Read a good book @reading",
  "Plan the trip to Rome friday #Home @travel",
].join("\n");

/** Signs such a person up. now is when they plan; absent: today. */
export async function busyPerson(browser: Browser, { now, ...options }: PersonOptions & { now?: string } = {}): Promise<Busy> {
  const person = await Person.signUp(browser, options);
  const { id: project } = await person.ask<{ id: string }>("POST", "/projects", { name: "Work", colour: "blue", favourite: true });
  for (const name of ["Doing", "Review"]) await person.ask("POST", "/sections", { projectId: project, name });
  await person.ask("POST", "/quick-add", { text, ...(now !== undefined && { now }) });
  await person.ask("POST", "/filters", { name: "Urgent", query: "p1 | overdue", colour: "red" });
  return { person, project, pages: pagesOf(project) };
}

function pagesOf(project: string): [name: string, path: string][] {
  const sections = ["account", "general", "appearance", "keys", "notifications", "sessions", "tokens", "webhooks", "calendar", "import", "export", "storage"];
  return [
    ["today", "/today"],
    ["inbox", "/inbox"],
    ["upcoming", "/upcoming"],
    ["project", `/p/${project}`],
    ["board", `/p/${project}?view=board`],
    ["calendar", `/p/${project}?view=calendar`],
    ["tag", "/tag/phone"],
    ["search", "/search?q=re"],
    ["completed", "/completed"],
    ["trash", "/trash"],
    ["dashboard", "/dashboard"],
    ["activity", "/activity"],
    ["chat", "/chat"],
    ...sections.map((section): [string, string] => [`settings-${section}`, `/settings/${section}`]),
  ];
}
