import fc from "fast-check";
import { expect, test } from "vitest";
import { compare, keyBetween, last } from "./order";

test("there is a key between any two, as often as one asks", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 40 }), (places) => {
      const keys = [keyBetween(null, null)];
      for (const place of places) {
        const at = place % (keys.length + 1);
        const key = keyBetween(keys[at - 1] ?? null, keys[at] ?? null);
        keys.splice(at, 0, key);
      }
      expect(keys).toEqual([...new Set(keys)].sort(compare));
      for (const key of keys) expect(key < last).toBe(true);
    }),
  );
});

test.each([
  ["A", "B", "AV"],
  ["1", "3", "2"],
  [null, "001", "000V"],
  ["A", null, "AV"],
  ["A", last, "AV"],
])("between %s and %s", (lower, upper, between) => expect(keyBetween(lower, upper)).toBe(between));
