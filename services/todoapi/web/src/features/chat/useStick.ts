import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";

/** How far from the end counts as there, in pixels. */
const near = 48;

interface Stick {
  /** What scrolls. */
  box: RefObject<HTMLDivElement | null>;
  /** What grows in it. */
  content: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  atEnd: boolean;
  toEnd: () => void;
}

/** Keeps the end of what grows in view, unless the person has scrolled up to read. */
export function useStick(): Stick {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const last = useRef(0);
  const [atEnd, setAtEnd] = useState(true);

  const follow = useCallback(() => {
    if (box.current && sticks.current) box.current.scrollTop = box.current.scrollHeight;
  }, []);

  useLayoutEffect(() => {
    if (!box.current || !content.current) return;
    const observer = new ResizeObserver(follow);
    observer.observe(box.current);
    observer.observe(content.current);
    follow();
    return () => observer.disconnect();
  }, [follow]);

  const onScroll = () => {
    if (!box.current) return;
    const { scrollHeight, scrollTop, clientHeight } = box.current;
    const there = scrollHeight - scrollTop - clientHeight <= near;
    // What grows is no reason to stay behind: only who has scrolled up is.
    if (there) sticks.current = true;
    else if (scrollTop < last.current) sticks.current = false;
    last.current = scrollTop;
    setAtEnd(there || sticks.current);
  };

  const toEnd = useCallback(() => {
    sticks.current = true;
    follow();
  }, [follow]);

  return { box, content, onScroll, atEnd, toEnd };
}
