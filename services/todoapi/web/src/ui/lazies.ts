import { lazilyOpened } from "./lazily";

/** What of the kit is fetched when it is first opened: for what is on the screen from the start. */

export const Dialog = lazilyOpened(() => import("./Dialog").then((module) => module.Dialog));
export const Drawer = lazilyOpened(() => import("./Drawer").then((module) => module.Drawer));
