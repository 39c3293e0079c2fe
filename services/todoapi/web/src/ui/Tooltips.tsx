import { Tooltip as Base } from "@base-ui/react/tooltip";
import { useEffect, useRef, useState } from "react";
import { Kbd } from "./Kbd";
import { type Tip, tipAt } from "./tips";
import styles from "./Tooltips.module.css";

/** How long the pointer rests on an element until its tip is shown, in ms. */
const restMs = 500;
/** How long the pointer may be between the element and its tip, in ms. */
const wayMs = 120;

interface Shown {
  element: HTMLElement;
  tip: Tip;
}

/**
 * Says more about a control while the pointer or the focus rests on it: one for the whole page, so
 * that controls need not wait for it. A tip never holds what cannot be learnt elsewhere.
 */
export function Tooltips() {
  const [shown, setShown] = useState<Shown | null>(null);
  const [open, setOpen] = useState(false);
  const popup = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (work: () => void, ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(work, ms);
    };
    const show = (found: Shown) => {
      clearTimeout(timer);
      setShown(found);
      setOpen(true);
    };
    const hide = () => {
      clearTimeout(timer);
      setOpen(false);
    };
    const listen = <Name extends keyof DocumentEventMap>(name: Name, listener: (event: DocumentEventMap[Name]) => void) =>
      document.addEventListener(name, listener, { signal: ended.signal, capture: true });

    listen("pointerover", ({ target, pointerType }) => {
      if (pointerType === "touch" || !(target instanceof Node)) return;
      const found = tipAt(target);
      if (found) soon(() => found.element.isConnected && show(found), restMs);
      else if (popup.current?.contains(target)) clearTimeout(timer);
      else soon(hide, wayMs);
    });
    listen("focusin", ({ target }) => {
      const found = tipAt(target);
      if (found?.element.matches(":focus-visible")) show(found);
    });
    listen("focusout", hide);
    listen("pointerdown", hide);
    listen("keydown", ({ key }) => key !== "Escape" && hide());
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, []);

  return (
    <Base.Root open={open} onOpenChange={setOpen}>
      <Base.Portal>
        <Base.Positioner className={styles.positioner} side="bottom" sideOffset={6} anchor={shown?.element}>
          <Base.Popup ref={popup} className={styles.tooltip}>
            {shown?.tip.label}
            {shown?.tip.keys && <Kbd keys={shown.tip.keys} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
