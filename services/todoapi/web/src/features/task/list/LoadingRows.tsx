import { Skeleton } from "../../../ui/Spinner";
import styles from "./TaskList.module.css";

const widths = ["62%", "48%", "71%", "55%", "40%", "66%"];

/** Holds the place of tasks until they are there. */
export function LoadingRows({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label} className={styles.loading}>
      {widths.map((width) => (
        <div key={width} className={styles.loadingRow}>
          <Skeleton width={width} />
        </div>
      ))}
    </div>
  );
}
