import type { ReactNode } from "react";
import { Logo } from "../../ui/icons";
import styles from "./session.module.css";

interface SessionCardProps {
  title: string;
  lead?: string;
  children: ReactNode;
}

/** The frame of the pages on which people prove who they are. */
export function SessionCard({ title, lead, children }: SessionCardProps) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Logo />
          <span>TodoPlatform</span>
        </div>
        <h1 className={styles.title}>{title}</h1>
        {lead !== undefined && <p className={styles.lead}>{lead}</p>}
        {children}
      </div>
    </main>
  );
}
