import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const source = join(import.meta.dirname, "..");
const sheets = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".module.css"));

/** Properties and values that stay where they are when the writing runs from right to left; four values in a row, too. */
const fourSides = /(^|\s)(margin|padding|inset|border-(width|style|color)|scroll-margin|scroll-padding)\s*:\s*(\S+\s+){3}\S+\s*;/;
const physical =
  /(^|[\s;{])(left|right|(margin|padding|border|scroll-margin|scroll-padding)-(left|right)[\w-]*|border-(top|bottom)-(left|right)-radius)\s*:|(text-align|float|clear)\s*:\s*(left|right)\b|linear-gradient\(to (left|right)/;

test.each(sheets)("%s runs with the writing and lies in a layer", (path) => {
  const css = readFileSync(join(source, path), "utf8").replace(/\/\*[^]*?\*\//g, "");
  expect(css.split("\n").filter((line) => physical.test(line) || fourSides.test(line))).toEqual([]);
  expect(css.trimStart()).toMatch(/^@layer (ui|features) \{/);
});
