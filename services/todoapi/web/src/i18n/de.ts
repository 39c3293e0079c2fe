import type { Texts } from "./i18n";

/** The texts in German, by file. */
export const texts = import.meta.glob<Texts>("./de/*.json", { eager: true, import: "default" });
