import { describe, expect, test } from "vitest";
import { columnQuery, guessOf, headerOf, isOfKnownProgram, namesTitle } from "./table";

describe("the first line of a table", () => {
  test.each([
    ["Task name,Due\nCall,Friday", ["Task name", "Due"]],
    ["\uFEFFAufgabe;Projekt;Fällig\r\n", ["Aufgabe", "Projekt", "Fällig"]],
    ["Title\tNotes", ["Title", "Notes"]],
    ['"Name, in full","He said ""when"""\n', ["Name, in full", 'He said "when"']],
  ])("%j names its columns", (text, header) => {
    expect(headerOf(text)).toEqual(header);
  });

  test("is that of an import when it names a title, in any case", () => {
    expect(namesTitle(["ID", "Title"])).toBe(true);
    expect(namesTitle(["Task name"])).toBe(false);
  });

  test.each(["TYPE,CONTENT,PRIORITY\n", '"Date: 2026"\n"Version: 7"\n"Folder Name","List Name","Title"\n'])("tells the program that wrote %j", (text) => {
    expect(isOfKnownProgram(text)).toBe(true);
  });
});

describe("columns with other names", () => {
  test("are guessed, each for one use", () => {
    expect(guessOf(["Task name", "Description", "Done", "Colour"])).toEqual({ title: "Task name", notes: "Description", completed: "Done" });
  });

  test("are not guessed where one has the name itself", () => {
    expect(guessOf(["title", "name"])).toEqual({});
  });

  test("are told to the import", () => {
    expect(columnQuery({ title: "Task name", due: "", notes: "Body" })).toEqual(["title=Task name", "notes=Body"]);
  });
});
