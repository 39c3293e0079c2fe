import type { ReactNode } from "react";
import { ChevronIcon, PlusIcon } from "../../ui/icons";
import { IconButton } from "../../ui/IconButton";
import { readStored, store, useStored } from "../../ui/stored";
import styles from "./nav.module.css";

interface NavSectionProps {
  /** The name under which is remembered whether it is folded. */
  id: string;
  title: string;
  foldedAtFirst?: boolean;
  add?: { label: string; run: () => void };
  children: ReactNode;
}

/** A heading under which are places of one kind. It can be folded. */
export function NavSection({ id, title, foldedAtFirst = false, add, children }: NavSectionProps) {
  const [folded, fold] = useFolded(id, foldedAtFirst);
  return (
    <section className={styles.section}>
      <div className={styles.sectionHead}>
        <h2 className={styles.sectionTitle}>
          <button type="button" className={styles.fold} aria-expanded={!folded} onClick={() => fold(!folded)}>
            {title}
            <ChevronIcon />
          </button>
        </h2>
        {add && (
          <IconButton size="small" label={add.label} onClick={() => add.run()}>
            <PlusIcon />
          </IconButton>
        )}
      </div>
      {!folded && children}
    </section>
  );
}

/** Whether something in the sidebar is folded, which the device remembers. */
export function useFolded(id: string, atFirst = false): [folded: boolean, fold: (folded: boolean) => void] {
  const [stored, set] = useStored(nameOf(id));
  return [stored === null ? atFirst : stored === "yes", (folded) => set(folded ? "yes" : "no")];
}

export function foldedNow(id: string): boolean {
  return readStored(nameOf(id)) === "yes";
}

export function unfold(id: string): void {
  store(nameOf(id), "no");
}

function nameOf(id: string): string {
  return `todo.folded.${id}`;
}
