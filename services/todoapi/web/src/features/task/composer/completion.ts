import type { Entities } from "../../../store/model";
import { byPosition } from "../../../store/order";
import type { Range } from "./quickAdd";

/** What is being typed at the caret after a sign: "#Wo", "@pho", "/La". */
export interface Token extends Range {
  sign: "#" | "@" | "/";
  word: string;
}

/** A name that could stand there, and what is put in place of the token. */
export interface Suggestion {
  key: string;
  kind: "project" | "section" | "tag";
  name: string;
  /** Of a section: the project that it is in. */
  of?: string;
  colour?: string;
  text: string;
}

const mostSuggestions = 6;

/** The token that ends at the caret; none inside of words. */
export function tokenAt(text: string, caret: number): Token | null {
  const match = /(?:^|\s)([#@/])((?:"[^"]*)|[^\s"#@/]*)$/u.exec(text.slice(0, caret));
  if (!match?.[1]) return null;
  const word = match[2] ?? "";
  return { sign: match[1] as Token["sign"], word: word.replace(/^"/, ""), start: caret - word.length - 1, end: caret };
}

type Known = Pick<Entities, "projects" | "sections" | "tags">;

/** The names that a token can become, the nearest first. Sections are those of the project of the list. */
export function suggestionsFor({ sign, word }: Token, { projects, sections, tags }: Known, projectId: string | null): Suggestion[] {
  switch (sign) {
    case "#":
      return nearest(
        [...projects.values()].filter(({ archivedAt }) => archivedAt === null).sort(byPosition).map(({ id, name, colour }): Suggestion => ({ key: id, kind: "project", name, colour, text: `#${quoted(name)}` })),
        word,
      );
    case "@":
      return nearest(
        [...tags.values()].map(({ id, name, colour }): Suggestion => ({ key: id, kind: "tag", name, colour, text: `@${quoted(name)}` })),
        word,
      );
    case "/": {
      const project = projectId === null ? undefined : projects.get(projectId);
      if (!project) return [];
      const of = [...sections.values()].filter((section) => section.projectId === project.id).sort(byPosition);
      return nearest(
        of.map(({ id, name }): Suggestion => ({ key: id, kind: "section", name, of: project.name, text: `#${quoted(project.name)}/${quoted(name)}` })),
        word,
      );
    }
  }
}

/** Names that begin with a word come before those that have it elsewhere. */
function nearest(all: readonly Suggestion[], word: string): Suggestion[] {
  const wanted = word.toLocaleLowerCase();
  const at = ({ name }: Suggestion) => name.toLocaleLowerCase().indexOf(wanted);
  const rank = (suggestion: Suggestion) => (at(suggestion) === 0 ? 0 : 1);
  return all.filter((suggestion) => at(suggestion) >= 0).sort((a, b) => rank(a) - rank(b)).slice(0, mostSuggestions);
}

/** A name as the line takes it: with quotes where it would not be one word. */
function quoted(name: string): string {
  return /^[\p{L}\p{N}_-]+$/u.test(name) ? name : `"${name.replaceAll('"', "")}"`;
}

/** The text with a suggestion in place of a token, and where the caret is then. */
export function complete(text: string, token: Token, suggestion: Suggestion): { text: string; caret: number } {
  const after = text.slice(token.end);
  const put = suggestion.text + (after.startsWith(" ") ? "" : " ");
  return { text: text.slice(0, token.start) + put + after, caret: token.start + suggestion.text.length + 1 };
}
