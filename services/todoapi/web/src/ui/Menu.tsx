import { Menu as Base } from "@base-ui/react/menu";
import type { ComponentProps, ReactElement, ReactNode } from "react";
import { cx } from "./cx";
import { CheckIcon, ChevronIcon } from "./icons";
import { Kbd } from "./Kbd";
import styles from "./Menu.module.css";

type Anchor = ComponentProps<typeof Base.Positioner>["anchor"];

interface MenuProps {
  /** The button that opens it. Without one the menu is opened by open, at anchor. */
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  anchor?: Anchor;
  side?: "top" | "bottom" | "inline-start" | "inline-end";
  align?: "start" | "center" | "end";
  children: ReactNode;
}

export function Menu({ trigger, open, onOpenChange, anchor, side = "bottom", align = "start", children }: MenuProps) {
  return (
    <Base.Root {...(open !== undefined && { open })} {...(onOpenChange && { onOpenChange: (next: boolean) => onOpenChange(next) })}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Positioner className={styles.positioner} side={side} align={align} sideOffset={4} anchor={anchor}>
          <Base.Popup className={styles.menu}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface EntryProps {
  icon?: ReactNode;
  keys?: string | undefined;
  disabled?: boolean;
  children: ReactNode;
}

interface MenuItemProps extends EntryProps {
  danger?: boolean;
  onSelect: () => void;
}

/** Something to do. */
export function MenuItem({ icon, keys, danger, disabled = false, onSelect, children }: MenuItemProps) {
  return (
    <Base.Item className={cx(styles.item, danger && styles.danger)} disabled={disabled} onClick={onSelect}>
      {icon}
      <span className={styles.words}>{children}</span>
      {keys && <Kbd keys={keys} />}
    </Base.Item>
  );
}

/** Somewhere to go. link is an anchor or a link of the router. */
export function MenuLink({ icon, keys, link, children }: EntryProps & { link: ReactElement }) {
  return (
    <Base.LinkItem className={styles.item} render={link} closeOnClick>
      {icon}
      <span className={styles.words}>{children}</span>
      {keys && <Kbd keys={keys} />}
    </Base.LinkItem>
  );
}

interface MenuChoiceProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string; icon?: ReactNode }[];
}

/** One of several, chosen in a menu. */
export function MenuChoice<Value extends string>({ label, value, onChange, options }: MenuChoiceProps<Value>) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next) => onChange(next as Value)}>
      <Base.GroupLabel className={styles.label}>{label}</Base.GroupLabel>
      {options.map((option) => (
        <Base.RadioItem key={option.value} value={option.value} className={styles.item} closeOnClick>
          {option.icon}
          <span className={styles.words}>{option.label}</span>
          <span className={styles.tick}>
            <Base.RadioItemIndicator render={<CheckIcon />} />
          </span>
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}

export function MenuGroup({ label, children }: { label: string; children?: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className={styles.label}>{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  );
}

export function MenuSeparator() {
  return <Base.Separator className={styles.line} />;
}

/** A menu behind an entry of another. */
export function SubMenu({ label, icon, children }: { label: string; icon?: ReactNode; children: ReactNode }) {
  return (
    <Base.SubmenuRoot>
      <Base.SubmenuTrigger className={styles.item}>
        {icon}
        <span className={styles.words}>{label}</span>
        <span className={styles.further}>
          <ChevronIcon />
        </span>
      </Base.SubmenuTrigger>
      <Base.Portal>
        <Base.Positioner className={styles.positioner} side="inline-end" alignOffset={-5}>
          <Base.Popup className={styles.menu}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.SubmenuRoot>
  );
}
