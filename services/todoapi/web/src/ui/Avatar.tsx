import styles from "./Badge.module.css";

/** Stands for a person, whose name or address is beside it or said by what holds it. */
export function Avatar({ name }: { name: string }) {
  return (
    <span className={styles.avatar} aria-hidden="true">
      {name.slice(0, 1)}
    </span>
  );
}
