import styles from "./Spinner.module.css";

/** Something goes on. With a label it tells so to screen readers, too. */
export function Spinner({ label }: { label?: string }) {
  return label === undefined ? (
    <span className={styles.spinner} aria-hidden="true" />
  ) : (
    <span className={styles.spinner} role="status" aria-label={label} />
  );
}

/** Holds the place of words that are not there yet, so that nothing jumps when they come. */
export function Skeleton({ width }: { width: string }) {
  return <span className={styles.skeleton} style={{ width }} aria-hidden="true" />;
}
