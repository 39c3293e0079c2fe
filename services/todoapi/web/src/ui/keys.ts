const apple = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

const onApple: Record<string, string> = { $mod: "⌘", Meta: "⌘", Control: "⌃", Alt: "⌥", Shift: "⇧" };
const elsewhere: Record<string, string> = { $mod: "Ctrl", Control: "Ctrl", Meta: "Win" };
const named: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Enter: "↵",
  Space: "␣",
  Backspace: "⌫",
  Delete: "Del",
};

/** Keys as people know them: "$mod+k" is Ctrl K; "g t" are two presses, one after the other. */
export function pressesOf(keys: string, onMac = apple): string[][] {
  const words = { ...named, ...(onMac ? onApple : elsewhere) };
  return keys.split(" ").map((press) => press.split(/(?<=[^+])\+/).map((key) => words[key] ?? (key.length === 1 ? key.toUpperCase() : key)));
}
