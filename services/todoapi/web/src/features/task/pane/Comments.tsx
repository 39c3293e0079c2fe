import { type KeyboardEvent, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import * as acts from "../../../store/acts";
import { useComments } from "../../../store/hooks";
import type { Kinds } from "../../../store/model";
import { Button } from "../../../ui/Button";
import { MoreIcon, TrashIcon } from "../../../ui/icons";
import { IconButton } from "../../../ui/IconButton";
import { Menu, MenuItem } from "../../../ui/Menu";
import { EditIcon, SendIcon } from "../../../ui/moreIcons";
import { TextArea } from "../../../ui/TextArea";
import { useEdit } from "../useEdit";
import { useWords } from "../useWords";
import { Markdown } from "./MarkdownField";
import styles from "./TaskPane.module.css";

const longest = 16 * 1024;

/** What was written about a task. */
export function Comments({ taskId }: { taskId: string }) {
  const { t } = useTranslation("task");
  const comments = useComments(taskId);
  const edit = useEdit();
  return (
    <section className={styles.part} aria-label={t("comments.label")}>
      <h3 className={styles.partName}>
        {t("comments.label")} {comments.length > 0 && <span className={styles.count}>{comments.length}</span>}
      </h3>
      <ol className={styles.comments}>
        {comments.map((comment) => (
          <Comment key={comment.id} comment={comment} />
        ))}
      </ol>
      <Writing label={t("comments.add")} onSave={(text) => edit([acts.createComment(acts.newId(), taskId, text)])} />
    </section>
  );
}

function Comment({ comment }: { comment: Kinds["comments"] }) {
  const { t, moment } = useWords();
  const edit = useEdit();
  const [editing, setEditing] = useState(false);
  if (editing) {
    return (
      <li>
        <Writing
          label={t("comments.edit")}
          text={comment.text}
          onSave={(text) => {
            setEditing(false);
            if (text !== comment.text) edit([acts.updateComment(comment, text)]);
          }}
          onCancel={() => setEditing(false)}
        />
      </li>
    );
  }
  return (
    <li className={styles.comment}>
      <div className={styles.commentHead}>
        <time dateTime={comment.createdAt}>{moment(comment.createdAt)}</time>
        {comment.updatedAt !== comment.createdAt && <span>{t("comments.edited")}</span>}
        <Menu
          align="end"
          trigger={
            <IconButton size="small" label={t("comments.menu")} className={styles.commentMenu}>
              <MoreIcon />
            </IconButton>
          }
        >
          <MenuItem icon={<EditIcon />} onSelect={() => setEditing(true)}>
            {t("comments.edit")}
          </MenuItem>
          <MenuItem icon={<TrashIcon />} danger onSelect={() => edit([acts.deleteComment(comment.id)], t("comments.deleted"))}>
            {t("comments.delete")}
          </MenuItem>
        </Menu>
      </div>
      <Suspense fallback={<p className={styles.plainNotes}>{comment.text}</p>}>
        <Markdown text={comment.text} />
      </Suspense>
    </li>
  );
}

interface WritingProps {
  label: string;
  text?: string;
  onSave: (text: string) => void;
  onCancel?: () => void;
}

function Writing({ label, text: start = "", onSave, onCancel }: WritingProps) {
  const { t } = useTranslation("task");
  const [text, setText] = useState(start);

  const save = () => {
    if (text.trim() === "") return;
    onSave(text.trim());
    setText("");
  };

  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) save();
    else if (event.key === "Escape" && onCancel) onCancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <form
      className={styles.writing}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextArea aria-label={label} placeholder={label} autoFocus={onCancel !== undefined} maxLength={longest} value={text} onChange={(event) => setText(event.target.value)} onKeyDown={press} />
      {text.trim() !== "" && (
        <span className={styles.writingEnd}>
          {onCancel && (
            <Button variant="quiet" size="small" onClick={onCancel}>
              {t("cancel")}
            </Button>
          )}
          <Button type="submit" variant="primary" size="small" icon={<SendIcon />}>
            {onCancel ? t("save") : t("comments.send")}
          </Button>
        </span>
      )}
    </form>
  );
}
