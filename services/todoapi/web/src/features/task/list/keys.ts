import type { ListActions } from "./actions";
import type { ListModel } from "./model";

/** What a key press that is for a row does. Letters are commands: they can be changed and work from everywhere. */
export function pressed(event: Pick<KeyboardEvent, "key" | "altKey" | "shiftKey" | "ctrlKey" | "metaKey">, does: ListActions, model: ListModel, leftToRight: boolean): boolean {
  if (event.ctrlKey || event.metaKey) {
    if (event.key !== "a" || event.altKey) return false;
    does.chooseAll();
    return true;
  }
  const forwards = leftToRight ? "ArrowRight" : "ArrowLeft";
  const backwards = leftToRight ? "ArrowLeft" : "ArrowRight";
  const { cursor } = model.get().choice;
  const by: Readonly<Record<string, () => void>> = event.altKey
    ? { ArrowUp: () => does.shift("up"), ArrowDown: () => does.shift("down"), [forwards]: () => does.shift("in"), [backwards]: () => does.shift("out") }
    : event.shiftKey
      ? { ArrowUp: () => does.stretch(-1), ArrowDown: () => does.stretch(1) }
      : {
          ArrowUp: () => does.step(-1),
          ArrowDown: () => does.step(1),
          [forwards]: () => cursor !== null && model.fold(cursor, false),
          [backwards]: () => cursor !== null && model.fold(cursor, true),
          Home: () => does.step(-model.order.length),
          End: () => does.step(model.order.length),
          PageUp: () => does.step(-10),
          PageDown: () => does.step(10),
          Delete: () => does.remove(),
          Backspace: () => does.remove(),
        };
  const run = by[event.key];
  run?.();
  return run !== undefined;
}
