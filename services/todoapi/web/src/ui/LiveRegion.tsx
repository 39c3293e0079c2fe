import { useAnnouncement } from "./announce";
import styles from "./VisuallyHidden.module.css";

/** Where screen readers hear what is announced. The page has one. */
export function LiveRegion() {
  return (
    <div className={styles.hidden} aria-live="polite" aria-atomic="true">
      {useAnnouncement()}
    </div>
  );
}
