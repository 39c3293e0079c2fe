import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement } from "react";
import { Kbd } from "./Kbd";
import styles from "./Tooltip.module.css";

interface TooltipProps {
  label: string;
  keys?: string | undefined;
  side?: "top" | "bottom" | "inline-start" | "inline-end";
  /** What it is about: an element that can be focused and has a name of its own. */
  children: ReactElement;
}

/** Says more about a control while the pointer or the focus rests on it. It never holds what cannot be learnt elsewhere. */
export function Tooltip({ label, keys, side = "bottom", children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} side={side} sideOffset={6}>
          <Base.Popup className={styles.tooltip}>
            {label}
            {keys && <Kbd keys={keys} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
