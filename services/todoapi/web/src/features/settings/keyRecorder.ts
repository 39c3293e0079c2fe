import { pressOf } from "../../commands/press";

const modifiers = ["Control", "Shift", "Alt", "AltGraph", "Meta", "CapsLock", "Fn", "OS", "Dead", "Unidentified", "Process"];

type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"> & { altGraph: boolean };

/** One press as the catalogue of commands writes it: "e", "$mod+k", "Shift+ArrowUp". null: only a modifier went down. */
export function pressWords(event: Pressed, apple: boolean): string | null {
  if (modifiers.includes(event.key)) return null;
  const { key = "", ctrlKey, metaKey, altKey, shiftKey } = pressOf(event);
  const held = [
    (apple ? metaKey : ctrlKey) && "$mod",
    (apple ? ctrlKey : metaKey) && (apple ? "Control" : "Meta"),
    altKey && "Alt",
    shiftKey && "Shift",
  ].filter((modifier) => modifier !== false && modifier !== undefined);
  return [...held, key === " " ? "Space" : key.length === 1 ? key.toLowerCase() : key].join("+");
}

/** Whether another press may follow: "g" may become "g t", "$mod+k" is whole. */
export function mayGoOn(keys: string): boolean {
  return /^[^+ ]$/.test(keys);
}

/** Keys that the browser or a screen reader needs for itself. */
export function isTaken(press: string): boolean {
  return ["Tab", "Shift+Tab", "Enter", "Space", "Escape", "F5", "$mod+r", "$mod+t", "$mod+w", "$mod+n", "$mod+l", "$mod+c", "$mod+v", "$mod+x", "$mod+a"].includes(press);
}
