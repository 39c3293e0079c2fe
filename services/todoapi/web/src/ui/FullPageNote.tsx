import { Button } from "./Button";
import styles from "./FullPageNote.module.css";
import { Logo } from "./icons";

interface FullPageNoteProps {
  title: string;
  text: string;
  action: { label: string; run: () => void; busy?: boolean };
}

/** A page that says one thing, for when there is nothing else to show. */
export function FullPageNote({ title, text, action }: FullPageNoteProps) {
  return (
    <main className={styles.page}>
      <Logo />
      <div role="alert">
        <h1 className={styles.title}>{title}</h1>
        <p className={styles.text}>{text}</p>
      </div>
      <Button variant="primary" size="large" busy={action.busy === true} onClick={() => action.run()}>
        {action.label}
      </Button>
    </main>
  );
}
