import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { chatOperations, type Entry } from "../../api/chat";
import { client } from "../../api/http";
import { useViewer } from "../../store/hooks";
import { clockTime, dayOf, describeDay } from "../../time/due";
import { Button } from "../../ui/Button";
import { TrashIcon } from "../../ui/icons";
import { IconButton } from "../../ui/IconButton";
import { Dialog } from "../../ui/lazies";
import { Spinner } from "../../ui/Spinner";
import { showToast } from "../../ui/toastStore";
import styles from "./chat.module.css";
import "./texts";
import { useChat } from "./useChat";

interface HistoryProps {
  current: string;
  onOpen: (id: string) => void;
  onRemoved?: (id: string) => void;
}

/** The conversations that are kept, the last first. */
export function History({ current, onOpen, onRemoved }: HistoryProps) {
  const { t } = useTranslation(["chat", "ui"]);
  const chat = useChat();
  const revision = useSyncExternalStore(chat.subscribe, chat.revision);
  const { data, error, refetch } = useQuery({
    queryKey: ["chat", "conversations", revision],
    queryFn: () => client.call(chatOperations.list, {}),
    placeholderData: keepPreviousData,
  });
  const [doomed, setDoomed] = useState<Entry | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const remove = (id: string) => {
    setDoomed(null);
    chat.remove(id).then(
      () => {
        onRemoved?.(id);
        // The row that had the focus is gone.
        list.current?.focus();
      },
      () => showToast({ tone: "error", message: t("notDeleted") }),
    );
  };

  if (!data) {
    return error ? (
      <p className={styles.none}>
        {t("unread")} <Button variant="link" onClick={() => void refetch()}>{t("again")}</Button>
      </p>
    ) : (
      <div className={styles.none}>
        <Spinner label={t("ui:loading")} />
      </div>
    );
  }
  return (
    <div ref={list} className={styles.historyBox} tabIndex={-1}>
      {data.items.length === 0 && <p className={styles.none}>{t("noHistory", { count: data.keptDays })}</p>}
      <ul className={styles.history} aria-label={t("history")}>
        {data.items.map((entry) => (
          <li key={entry.id} className={styles.entry}>
            <button type="button" className={styles.entryMain} aria-current={entry.id === current || undefined} onClick={() => onOpen(entry.id)}>
              <span className={styles.entryTitle}>{entry.title}</span>
              <When at={entry.updatedAt} />
            </button>
            <IconButton size="small" className={styles.entryDelete} label={t("deleteNamed", { title: entry.title })} onClick={() => setDoomed(entry)}>
              <TrashIcon />
            </IconButton>
          </li>
        ))}
      </ul>
      <Dialog
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        size="small"
        title={t("deleteTitle")}
        description={t("deleteText")}
        actions={
          <>
            <Button onClick={() => setDoomed(null)}>{t("cancel")}</Button>
            <Button variant="danger" onClick={() => doomed && remove(doomed.id)}>
              {t("delete")}
            </Button>
          </>
        }
      />
    </div>
  );
}

function When({ at }: { at: string }) {
  const viewer = useViewer();
  const moment = new Date(at);
  const day = dayOf(moment, viewer.zone);
  return (
    <time className={styles.when} dateTime={at}>
      {day === dayOf(viewer.now, viewer.zone) ? clockTime(moment, viewer) : describeDay(day, viewer)}
    </time>
  );
}
