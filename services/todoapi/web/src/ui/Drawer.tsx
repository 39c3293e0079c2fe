import { Drawer as Base } from "@base-ui/react/drawer";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "./cx";
import styles from "./Drawer.module.css";
import { IconButton } from "./IconButton";
import { CloseIcon } from "./icons";
import { useDirection } from "./useDirection";
import { VisuallyHidden } from "./VisuallyHidden";

interface DrawerProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** The title is for screen readers only, and the content brings a head of its own. */
  bare?: boolean;
  side?: "bottom" | "start" | "end";
  /** As high as the screen, however little is in it. */
  full?: boolean;
  children: ReactNode;
}

/** A dialog that slides in from an edge and can be swiped away: for phones. */
export function Drawer({ open, onClose, title, bare, side = "bottom", full, children }: DrawerProps) {
  const { t } = useTranslation("ui");
  const leftIsStart = useDirection() === "ltr";
  const swipe = side === "bottom" ? "down" : (side === "start") === leftIsStart ? "left" : "right";
  return (
    <Base.Root open={open} swipeDirection={swipe} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Viewport className={cx(styles.viewport, styles[side], full && styles.full)}>
          <Base.Popup className={styles.drawer}>
            {side === "bottom" && <div className={styles.handle} />}
            {bare ? (
              <VisuallyHidden>
                <Base.Title>{title}</Base.Title>
              </VisuallyHidden>
            ) : (
              <header className={styles.head}>
                <Base.Title className={styles.title}>{title}</Base.Title>
                <Base.Close render={<IconButton label={t("close")}><CloseIcon /></IconButton>} />
              </header>
            )}
            <Base.Content className={styles.content}>{children}</Base.Content>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
