import type { ClipboardEvent, ComponentProps, Ref } from "react";
import styles from "./Composer.module.css";
import { linesOf, type Range } from "./quickAdd";

interface MarkedTextProps extends Omit<ComponentProps<"textarea">, "value" | "onChange" | "onPaste"> {
  ref?: Ref<HTMLTextAreaElement>;
  value: string;
  /** The pieces of the text that were understood. */
  marks: readonly Range[];
  onType: (text: string, caret: number) => void;
  /** Takes a paste of several lines, with the text around it. */
  onPasteLines: (text: string) => void;
}

/** A line that wraps, with marks under its words: a copy of the text, which nobody reads, lies behind it and gives it its height. */
export function MarkedText({ value, marks, onType, onPasteLines, ...rest }: MarkedTextProps) {
  const paste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const { selectionStart, selectionEnd } = event.currentTarget;
    const text = event.clipboardData.getData("text/plain");
    if (linesOf(text).length < 2) return;
    event.preventDefault();
    onPasteLines(value.slice(0, selectionStart) + text + value.slice(selectionEnd));
  };

  return (
    <div className={styles.marked}>
      <div className={styles.copy} aria-hidden="true">
        {piecesOf(value, marks).map(({ text, marked }, at) => (marked ? <mark key={at}>{text}</mark> : text))}
        {"\u200b"}
      </div>
      <textarea
        rows={1}
        className={styles.text}
        autoComplete="off"
        value={value}
        onChange={({ target }) => onType(target.value.replace(/\r?\n/g, " "), target.selectionStart)}
        onPaste={paste}
        {...rest}
      />
    </div>
  );
}

/** The text cut at the marks. */
function piecesOf(text: string, marks: readonly Range[]): { text: string; marked: boolean }[] {
  const pieces = [];
  let at = 0;
  for (const { start, end } of [...marks].sort((a, b) => a.start - b.start)) {
    pieces.push({ text: text.slice(at, start), marked: false }, { text: text.slice(start, end), marked: true });
    at = end;
  }
  return [...pieces, { text: text.slice(at), marked: false }];
}
