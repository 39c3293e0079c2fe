import { type ClipboardEvent, type Ref, useRef } from "react";
import { linesOf, type Range } from "./quickAdd";

interface QuickAddInputProps {
  ref: Ref<HTMLInputElement>;
  label: string;
  placeholder: string;
  maxLength: number;
  value: string;
  /** The pieces of the value that were understood. */
  marks: Range[];
  onType: (text: string) => void;
  /** Takes a paste of several lines, with the value around it. */
  onPasteLines: (text: string) => void;
}

/**
 * An input with marks under its text: a copy of the text, which nobody reads, lies behind
 * it and scrolls along.
 */
export function QuickAddInput({ ref, label, placeholder, maxLength, value, marks, onType, onPasteLines }: QuickAddInputProps) {
  const copy = useRef<HTMLDivElement>(null);

  const paste = (event: ClipboardEvent<HTMLInputElement>) => {
    const { selectionStart, selectionEnd } = event.currentTarget;
    const text = event.clipboardData.getData("text/plain");
    if (linesOf(text).length < 2) return; // the browser makes it one line
    event.preventDefault();
    onPasteLines(value.slice(0, selectionStart ?? value.length) + text + value.slice(selectionEnd ?? value.length));
  };

  return (
    <div className="marked">
      <div ref={copy} className="marked-copy" aria-hidden="true">
        {piecesOf(value, marks).map(({ text, marked }, at) => (marked ? <mark key={at}>{text}</mark> : text))}
      </div>
      <input
        ref={ref}
        aria-label={label}
        placeholder={placeholder}
        autoComplete="off"
        maxLength={maxLength}
        value={value}
        onChange={(event) => onType(event.target.value)}
        onPaste={paste}
        onScroll={(event) => {
          if (copy.current) copy.current.scrollLeft = event.currentTarget.scrollLeft;
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </div>
  );
}

/** The text cut at the marks. */
function piecesOf(text: string, marks: Range[]): { text: string; marked: boolean }[] {
  const pieces = [];
  let at = 0;
  for (const { start, end } of [...marks].sort((a, b) => a.start - b.start)) {
    pieces.push({ text: text.slice(at, start), marked: false }, { text: text.slice(start, end), marked: true });
    at = end;
  }
  return [...pieces, { text: text.slice(at), marked: false }];
}
