import { type KeyboardEvent, type RefObject, useRef, useState } from "react";

/** A menu that is shown beside a button, as its component takes it. */
export interface MenuProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  anchor: RefObject<HTMLButtonElement | null>;
}

/**
 * For a button that is there from the start, and a menu that is fetched later: the properties of
 * the one and of the other.
 */
export function useMenuButton() {
  const [open, setOpen] = useState(false);
  const ref = useRef<HTMLButtonElement>(null);
  const button = {
    ref,
    "aria-haspopup": "menu",
    "aria-expanded": open,
    onClick: () => setOpen(true),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      setOpen(true);
    },
  } as const;
  const menu: MenuProps = { open, onOpenChange: setOpen, anchor: ref };
  return { button, menu };
}
