import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Rooms of src in the order of their imports: each may import only from the rooms after it. */
const rooms = ["app", "routes", "features", "commands", "sync", "store", "ui", "i18n", "time", "api"];

function oneWay(room) {
  const forbidden = [...rooms.slice(0, rooms.indexOf(room)), "testing"].map((other) => ({
    regex: `^(\\.\\./)+${other}/`,
    message: `src/${room} must not import from src/${other}: imports go ${rooms.join(" → ")}.`,
  }));
  return {
    files: [`src/${room}/**/*.{ts,tsx}`],
    ignores: ["src/**/*.test.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: forbidden }] },
  };
}

const features = ["chat", "nav", "dashboard", "settings", "session", "task", "activity", "reminders", "onboarding", "search", "completed", "trash", "filter", "upcoming", "project"];

function apart(feature) {
  // Rows, the list, the composer and the pickers of tasks are what other features are made of.
  const others = features.filter((other) => other !== feature && other !== "task").join("|");
  const above = [...rooms.slice(0, rooms.indexOf("features")), "testing"].join("|");
  return {
    files: [`src/features/${feature}/**/*.{ts,tsx}`],
    ignores: ["src/**/*.test.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: `^(\\.\\./)+(${others})/`, message: "Features do not import each other, except task: routes join them." },
            { regex: `^(\\.\\./)+(${above})/`, message: `Imports go ${rooms.join(" → ")}.` },
          ],
        },
      ],
    },
  };
}

export default defineConfig(
  { ignores: ["dist", "node_modules", "src/api/generated"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  { files: ["*.js"], extends: [tseslint.configs.disableTypeChecked] },
  rooms.filter((room) => room !== "features").map(oneWay),
  features.map(apart),
);
