import { writing } from "./press";

/** How long somebody waits for what they type into, in ms, and the most characters that are held meanwhile. */
const patienceMs = 5_000;
const most = 200;

let stop: () => void = () => undefined;

/**
 * Holds what is typed after a command that opens something to type in, and types it there once
 * that has the focus: its code may have to come over the network first, and keys that nobody
 * takes would be lost, or be commands. Escape and a click say that it is not wanted any more.
 */
export function typeAhead(): void {
  stop();
  const over = new AbortController();
  const { signal } = over;
  stop = () => over.abort();
  const timer = setTimeout(stop, patienceMs);
  signal.addEventListener("abort", () => clearTimeout(timer));

  let held = "";
  let field: Field | undefined;
  const hold = (event: KeyboardEvent) => {
    const next = event.isTrusted ? heldAfter(held, event) : undefined; // not what is retyped
    if (next === undefined) return;
    held = next.slice(0, most);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const give = async (into: Field) => {
    field = into;
    await drawn(); // Only then does it listen to keys.
    while (held !== "" && !signal.aborted) {
      const [piece = ""] = /^(\n|[^\n]+)/.exec(held) ?? [];
      held = held.slice(piece.length);
      retype(field, piece);
      await drawn();
    }
    stop();
  };
  window.addEventListener("keydown", hold, { capture: true, signal });
  window.addEventListener("keydown", ({ key }) => key === "Escape" && stop(), { capture: true, signal });
  window.addEventListener("pointerdown", stop, { capture: true, signal });
  window.addEventListener("focusin", ({ target }) => !field && isField(target) && void give(target), { signal });
}

type Field = HTMLInputElement | HTMLTextAreaElement;

function isField(target: EventTarget | null): target is Field {
  return (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) && target.matches(writing);
}

/** What is held after a key: a new line is Enter. Undefined for a key that writes nothing. */
export function heldAfter(held: string, event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "isComposing" | "getModifierState">): string | undefined {
  const { key, ctrlKey, metaKey, isComposing } = event;
  if (isComposing || metaKey || (ctrlKey && !event.getModifierState("AltGraph"))) return undefined;
  if (key === "Enter") return `${held}\n`;
  if (key === "Backspace") return held.slice(0, -1);
  return key.length === 1 ? held + key : undefined;
}

/** As if it were typed by hand. */
function retype(field: Field, piece: string): void {
  if (piece === "\n") {
    const enter = new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true, cancelable: true });
    if (field.dispatchEvent(enter)) field.form?.requestSubmit();
    return;
  }
  const end = field.value.length;
  field.setRangeText(piece, field.selectionStart ?? end, field.selectionEnd ?? end, "end");
  field.dispatchEvent(new InputEvent("input", { data: piece, inputType: "insertText", bubbles: true }));
}

function drawn(): Promise<unknown> {
  return new Promise(requestAnimationFrame);
}
