import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import styles from "./nav.module.css";

interface NavLinkProps {
  to: Pick<LinkProps, "to" | "params">;
  sign: ReactNode;
  words: string;
  /** How many open tasks are there. */
  count?: number | undefined;
  /** A link can be dragged by itself, which is in the way where the row is. */
  draggable?: boolean;
}

/** One place to go. */
export function NavLink({ to, sign, words, count = 0, draggable }: NavLinkProps) {
  const { t, i18n } = useTranslation("nav");
  return (
    <Link {...to} {...(draggable !== undefined && { draggable })} className={styles.link} activeProps={{ "aria-current": "page" }} activeOptions={{ includeSearch: false }}>
      <span className={styles.sign}>{sign}</span>
      <span className={styles.words}>{words}</span>
      {count > 0 && (
        <>
          <span className={styles.count} aria-hidden="true">
            {count.toLocaleString(i18n.language)}
          </span>
          <VisuallyHidden>, {t("openTasks", { count })}</VisuallyHidden>
        </>
      )}
    </Link>
  );
}
