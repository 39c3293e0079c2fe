import { lazily } from "../../../ui/lazily";

export const Composer = lazily(() => import("./Composer").then((module) => module.Composer));
export const ComposerDialog = lazily(() => import("./Composer").then((module) => module.ComposerDialog));
