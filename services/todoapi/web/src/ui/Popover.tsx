import { Popover as Base } from "@base-ui/react/popover";
import type { ComponentProps, ReactElement, ReactNode } from "react";
import menuStyles from "./Menu.module.css";
import styles from "./Popover.module.css";
import { VisuallyHidden } from "./VisuallyHidden";

interface PopoverProps {
  /** The button that opens it. Without one the popover is opened by open, at anchor. */
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  anchor?: ComponentProps<typeof Base.Positioner>["anchor"];
  /** What it is for, in the words of a screen reader. */
  label: string;
  side?: "top" | "bottom" | "inline-start" | "inline-end";
  align?: "start" | "center" | "end";
  children: ReactNode;
}

/** A small place beside a control, for choosing or writing something. */
export function Popover({ trigger, open, onOpenChange, anchor, label, side = "bottom", align = "start", children }: PopoverProps) {
  return (
    <Base.Root {...(open !== undefined && { open })} {...(onOpenChange && { onOpenChange: (next: boolean) => onOpenChange(next) })}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Positioner className={menuStyles.positioner} side={side} align={align} sideOffset={4} collisionPadding={8} anchor={anchor}>
          <Base.Popup className={styles.popover}>
            <VisuallyHidden>
              <Base.Title>{label}</Base.Title>
            </VisuallyHidden>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
