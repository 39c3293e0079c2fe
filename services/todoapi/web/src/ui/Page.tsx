import { type ReactNode, useEffect } from "react";
import { announce } from "./announce";
import { cx } from "./cx";
import styles from "./Page.module.css";

interface PageProps {
  title: string;
  /** A sign before the title, such as the colour of a project. */
  sign?: ReactNode;
  /** A word after the title, such as the date. */
  detail?: ReactNode;
  /** Buttons at the end of the head. */
  actions?: ReactNode;
  /** As wide as there is room, as a board or a calendar wants it. */
  wide?: boolean;
  /** As high as the screen: what is in it scrolls by itself. */
  filled?: boolean;
  children?: ReactNode;
}

/** The frame of a screen: its head, which stays in sight, and its content. */
export function Page({ title, sign, detail, actions, wide, filled, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · TodoPlatform`;
    announce(title);
  }, [title]);

  return (
    <main className={cx(styles.page, wide && styles.wide, filled && styles.filled)} id="main" tabIndex={-1}>
      <header className={styles.head}>
        <div className={styles.titles}>
          {sign}
          <h1 className={styles.title}>{title}</h1>
          {detail !== undefined && <span className={styles.detail}>{detail}</span>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </main>
  );
}
