import { describe, expect, test } from "vitest";
import { localeOf, partsOf, regionsOf, spokenIn } from "./locale";
import { offsetOf, zonesWith } from "./zones";

describe("a locale", () => {
  test.each([
    ["en-GB", { language: "en", region: "GB", clock: "region" }],
    ["de", { language: "de", region: "", clock: "region" }],
    ["en-GB-u-hc-h12", { language: "en", region: "GB", clock: "12" }],
    ["fr-CA-u-hc-h23", { language: "fr", region: "CA", clock: "24" }],
  ] as const)("%s has its parts, and comes back from them", (locale, parts) => {
    expect(partsOf(locale)).toEqual(parts);
    expect(localeOf(parts)).toBe(locale);
  });

  test("that no list names can still be seen as chosen", () => {
    expect(regionsOf(partsOf("en-JP"))).toContain("JP");
  });

  test("keeps its region in another language that is spoken there, and its clock", () => {
    expect(localeOf(spokenIn(partsOf("de-CH-u-hc-h23"), "fr"))).toBe("fr-CH-u-hc-h23");
    expect(localeOf(spokenIn(partsOf("en-US"), "de"))).toBe("de-DE");
  });
});

describe("zones", () => {
  const winter = new Date("2026-12-01T12:00:00Z");

  test.each([
    ["Europe/Berlin", "UTC+1"],
    ["Asia/Kolkata", "UTC+5:30"],
    ["America/St_Johns", "UTC−3:30"],
    ["UTC", "UTC"],
  ])("%s is at %s in winter", (zone, offset) => {
    expect(offsetOf(zone, winter)).toBe(offset);
  });

  test("that are in use are there under their own names, once", () => {
    expect(zonesWith(["Asia/Calcutta", "Europe/Berlin"], ["Europe/Berlin", "Asia/Kolkata"])).toEqual(["Asia/Calcutta", "Asia/Kolkata", "Europe/Berlin", "UTC"]);
  });
});
