import type { ReactNode } from "react";
import { Drawer } from "./lazies";
import styles from "./Pane.module.css";
import { narrow, useMedia } from "./useMedia";

interface PaneProps {
  open: boolean;
  onClose: () => void;
  /** What is in it, in the words of a screen reader. */
  title: string;
  children: ReactNode;
}

/** A place at the end of the page for one thing of a list: beside it where there is room, else a drawer over it. */
export function Pane({ open, onClose, title, children }: PaneProps) {
  const oneColumn = useMedia(narrow);
  if (oneColumn) {
    return (
      <Drawer open={open} onClose={onClose} title={title} full bare>
        {children}
      </Drawer>
    );
  }
  if (!open) return null;
  return (
    <aside className={styles.pane} aria-label={title}>
      {children}
    </aside>
  );
}
