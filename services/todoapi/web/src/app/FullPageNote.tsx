import { Logo } from "../ui/icons";

interface FullPageNoteProps {
  title: string;
  text: string;
  action: { label: string; run: () => void };
}

/** A page that says one thing, for when there is nothing else to show. */
export function FullPageNote({ title, text, action }: FullPageNoteProps) {
  return (
    <main className="full-page" role="alert">
      <Logo />
      <h1>{title}</h1>
      <p>{text}</p>
      <button type="button" className="button primary" onClick={() => action.run()}>
        {action.label}
      </button>
    </main>
  );
}
