import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "../../ui/cx";
import { MoreIcon } from "../../ui/icons";
import { useDropTasks } from "../task";
import styles from "./nav.module.css";

/** What in the sidebar somebody has made, and has a menu. */
export interface PlaceRef {
  kind: "projects" | "filters" | "tags";
  id: string;
}

interface PlaceRowProps {
  place?: PlaceRef & { name: string };
  /** Where tasks can be let go on it: what becomes of them. */
  onDrop?: (ids: readonly string[]) => void;
  children: ReactNode;
}

/** A place to go with its menu, for whoever opens it: see usePlaceMenu. */
export function PlaceRow({ place, onDrop, children }: PlaceRowProps) {
  const { t } = useTranslation("lists");
  const { ref, over } = useDropTasks<HTMLDivElement>((ids) => onDrop?.(ids));
  return (
    <div
      className={cx(styles.place, over && styles.over)}
      {...(onDrop && { ref })}
      {...(place && { "data-kind": place.kind, "data-id": place.id })}
    >
      {children}
      {place && (
        <button type="button" className={styles.menu} data-menu aria-haspopup="menu" aria-label={t("project.more", { name: place.name })}>
          <MoreIcon />
        </button>
      )}
    </div>
  );
}

/** The row that something stands in. */
export function rowOf(element: Element | null): { row: HTMLElement; place: PlaceRef } | null {
  const row = element?.closest<HTMLElement>("[data-kind]");
  const { kind, id } = row?.dataset ?? {};
  return row && id !== undefined ? { row, place: { kind: kind as PlaceRef["kind"], id } } : null;
}
