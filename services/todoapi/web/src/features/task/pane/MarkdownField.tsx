import { type KeyboardEvent, lazy, type MouseEvent, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../../ui/IconButton";
import { EditIcon } from "../../../ui/moreIcons";
import { TextArea } from "../../../ui/TextArea";
import { leaveField } from "./leave";
import styles from "./TaskPane.module.css";
import { useSavedText } from "./useSavedText";

export const Markdown = lazy(() => import("./Markdown"));

/** How long a pause in typing is until the text is saved, in milliseconds. */
const pause = 900;

interface MarkdownFieldProps {
  label: string;
  placeholder: string;
  value: string;
  maxLength: number;
  onSave: (text: string) => void;
}

/** Text with Markdown, which is shown as it is meant and becomes what was typed when it is pressed. */
export function MarkdownField({ label, placeholder, value, maxLength, onSave }: MarkdownFieldProps) {
  const { t } = useTranslation("task");
  const { text, type, finish } = useSavedText(value, onSave, pause);
  const [editing, setEditing] = useState(false);
  const leave = () => {
    finish();
    setEditing(false);
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== "Escape" && !(event.key === "Enter" && (event.metaKey || event.ctrlKey))) return;
    event.stopPropagation();
    leaveField(event.currentTarget);
  };

  if (text === "" || editing) {
    return (
      <TextArea
        plain
        aria-label={label}
        placeholder={placeholder}
        autoFocus={editing}
        rows={editing ? 3 : 1}
        className={styles.notes}
        maxLength={maxLength}
        value={text}
        onFocus={() => setEditing(true)}
        onChange={(event) => type(event.target.value)}
        onBlur={leave}
        onKeyDown={press}
      />
    );
  }
  return (
    <div
      className={styles.shown}
      onClick={(event: MouseEvent) => {
        if (!(event.target instanceof Element && event.target.closest("a"))) setEditing(true);
      }}
    >
      <Suspense fallback={<p className={styles.plainNotes}>{text}</p>}>
        <Markdown text={text} />
      </Suspense>
      <IconButton size="small" label={t("editText", { field: label })} className={styles.editText} onClick={() => setEditing(true)}>
        <EditIcon />
      </IconButton>
    </div>
  );
}
