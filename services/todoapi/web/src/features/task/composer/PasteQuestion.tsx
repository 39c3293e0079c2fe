import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import styles from "./Composer.module.css";
import { linesOf } from "./quickAdd";

/** What the server takes at once. */
const most = { lines: 100, length: 16 * 1024 };

interface PasteQuestionProps {
  text: string;
  onAdd: () => void;
  onJoin: () => void;
  onCancel: () => void;
}

/** Asks what is meant by a paste of several lines. */
export function PasteQuestion({ text, onAdd, onJoin, onCancel }: PasteQuestionProps) {
  const { t } = useTranslation("task");
  const lines = linesOf(text);
  const tooMuch = lines.length > most.lines || text.length > most.length;
  const add = useRef<HTMLButtonElement>(null);
  useEffect(() => add.current?.focus(), []);
  return (
    <div className={styles.paste} role="group" aria-label={t("paste.label", { count: lines.length })}>
      <p role="status">{tooMuch ? t("paste.tooMuch", { count: lines.length, most: most.lines }) : t("paste.question", { count: lines.length })}</p>
      <ol className={styles.lines}>
        {lines.slice(0, 5).map((line, at) => (
          <li key={at}>{line}</li>
        ))}
        {lines.length > 5 && <li>…</li>}
      </ol>
      <div className={styles.foot}>
        <span className={styles.end}>
          <Button variant="quiet" size="small" onClick={onCancel}>
            {t("cancel")}
          </Button>
          <Button size="small" onClick={onJoin}>
            {t("paste.join")}
          </Button>
          <Button ref={add} variant="primary" size="small" disabled={tooMuch} onClick={onAdd}>
            {t("paste.add", { count: lines.length })}
          </Button>
        </span>
      </div>
    </div>
  );
}
