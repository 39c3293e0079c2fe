import { cx } from "./cx";
import styles from "./Kbd.module.css";
import { pressesOf } from "./keys";

/** The keys of a command, such as "$mod+k" or "g t". */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className={styles.keys}>
      {pressesOf(keys).map((press, nth) =>
        press.map((key, part) => (
          <kbd key={`${nth}-${part}`} className={cx(styles.key, nth > 0 && part === 0 && styles.next)}>
            {key}
          </kbd>
        )),
      )}
    </span>
  );
}
