import { lazily, lazilyOpened } from "../../../ui/lazily";

export const Composer = lazily(() => import("./Composer").then((module) => module.Composer));
export const ComposerDialog = lazilyOpened(() => import("./Composer").then((module) => module.ComposerDialog));
