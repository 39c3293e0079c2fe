import { Dialog as Base } from "@base-ui/react/dialog";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "./cx";
import styles from "./Dialog.module.css";
import { IconButton } from "./IconButton";
import { CloseIcon } from "./icons";
import { VisuallyHidden } from "./VisuallyHidden";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  /** Asked when the person dismisses the dialog (Escape, the cross, a click outside): false keeps it open. */
  mayClose?: () => boolean;
  title: string;
  description?: string;
  size?: "small" | "medium" | "large";
  /** Bare: the title is for screen readers only, there is no cross, and the content reaches to the edges. */
  bare?: boolean;
  /** Near the top, where a dialog whose height changes does not jump. */
  high?: boolean;
  /** Buttons at its foot, the most likely one last. */
  actions?: ReactNode;
  children?: ReactNode;
}

/** Asks for the whole attention: the page behind it waits. */
export function Dialog(props: DialogProps) {
  const { open, onClose, mayClose, title, description, size = "medium", bare, high, actions, children } = props;
  const { t } = useTranslation("ui");
  const popup = useRef<HTMLDivElement>(null);
  // Who opened it to write something can write at once. Else the focus is on the whole: on the
  // cross it would open a tooltip, which Escape closes first.
  const firstField = () => popup.current?.querySelector<HTMLElement>("input:not([type=hidden], [type=checkbox], [type=radio]), textarea") ?? popup.current;
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        if (!next && mayClose?.() !== false) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Viewport className={cx(styles.viewport, high && styles.high)}>
          <Base.Popup ref={popup} initialFocus={firstField} className={cx(styles.dialog, styles[size], bare && styles.bare)}>
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
            {description !== undefined && <Base.Description className={styles.description}>{description}</Base.Description>}
            {children !== undefined && <div className={styles.body}>{children}</div>}
            {actions !== undefined && <footer className={styles.foot}>{actions}</footer>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
