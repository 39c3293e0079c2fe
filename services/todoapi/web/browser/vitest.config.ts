import { defineConfig } from "vitest/config";

const platform = process.env.BASE_URL;
if (!platform) throw new Error("set BASE_URL to the address of a running platform, such as http://localhost:8080");

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    // Vitest gives BASE_URL a meaning of its own inside tests.
    env: { PLATFORM_URL: platform.replace(/\/$/, "") },
  },
});
