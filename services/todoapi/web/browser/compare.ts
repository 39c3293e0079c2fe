import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { screenshots } from "./harness";

const goldens = join(import.meta.dirname, "looks");
const update = process.env.UPDATE === "1";

/** How far the colour of a pixel may be off, from 0 to 1: letters are drawn a little differently by each version of a browser. */
const tolerance = 0.1;
/** The share of pixels that may be off further than that. */
const allowed = 0.0005;

/**
 * Compares what is on the screen with how it looked when it was last looked at, and tells what is
 * wrong with it. UPDATE=1 takes it as it is.
 */
export function differenceFrom(name: string, png: Buffer): string | undefined {
  const golden = join(goldens, `${name}.png`);
  if (update) {
    write(golden, png);
    return undefined;
  }
  const actual = join(screenshots, `${name}.actual.png`);
  if (!existsSync(golden)) {
    write(actual, png);
    return `${name} was never looked at: see ${actual}, and keep it by UPDATE=1`;
  }
  const [now, then] = [PNG.sync.read(png), PNG.sync.read(readFileSync(golden))];
  const { width, height } = then;
  if (now.width !== width || now.height !== height) {
    write(actual, png);
    return `${name} is ${now.width} × ${now.height} px, and was ${width} × ${height}: see ${actual}`;
  }
  const marks = new PNG({ width, height });
  const share = pixelmatch(then.data, now.data, marks.data, width, height, { threshold: tolerance }) / (width * height);
  if (share <= allowed) return undefined;
  const marked = join(screenshots, `${name}.diff.png`);
  write(actual, png);
  write(marked, PNG.sync.write(marks));
  return `${name} looks different in ${(share * 100).toFixed(2)} % of its pixels: see ${actual} and ${marked}`;
}

function write(file: string, content: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
