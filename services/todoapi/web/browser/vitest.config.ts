import { defineConfig } from "vitest/config";

const { BASE_URL: platform, REPORT: report } = process.env;
if (!platform) throw new Error("set BASE_URL to the address of a running platform, such as http://localhost:8080");

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } }, // as long as a page has; without it, one second
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    fileParallelism: false, // two browsers want more than two processors, and one test in eighty came too late
    // Vitest gives BASE_URL a meaning of its own inside tests.
    env: { PLATFORM_URL: platform.replace(/\/$/, "") },
  },
});
