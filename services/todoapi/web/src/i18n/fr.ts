import type { Texts } from "./i18n";

/** The texts in French, by file. */
export const texts = import.meta.glob<Texts>("./fr/*.json", { eager: true, import: "default" });
