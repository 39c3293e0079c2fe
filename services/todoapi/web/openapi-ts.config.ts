import { defineConfig } from "@hey-api/openapi-ts";

/** Types of the API by its document. They are made anew for every check, and are no part of the repository. */
export default defineConfig({
  input: "../testdata/openapi.json",
  output: "src/api/generated",
  plugins: ["@hey-api/typescript"],
});
