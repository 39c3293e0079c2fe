import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { many, moveTask } from "../../store/acts";
import { useList, useTable } from "../../store/hooks";
import { useAct } from "../../sync/hooks";
import { Button } from "../../ui/Button";
import { cx } from "../../ui/cx";
import { PlusIcon } from "../../ui/icons";
import { Composer, useDropTasks } from "../task";
import { Card } from "./Card";
import styles from "./project.module.css";

interface BoardProps {
  projectId: string;
  onOpen: (id: string) => void;
}

/** The sections of a project side by side; tasks are dragged from one to another. */
export function Board({ projectId, onOpen }: BoardProps) {
  const { t } = useTranslation("lists");
  const list = useMemo(() => ({ kind: "project" as const, id: projectId }), [projectId]);
  const sections = useTable("sections");
  const groups = useList(list);
  return (
    <div className={styles.board}>
      {groups.map(({ key, rows }) => (
        <Column
          key={key}
          projectId={projectId}
          sectionId={key === "" ? null : key}
          name={key === "" ? t("board.noSection") : (sections.get(key)?.name ?? "")}
          ids={rows.filter(({ depth }) => depth === 0).map(({ id }) => id)}
          onOpen={onOpen}
        />
      ))}
    </div>
  );
}

interface ColumnProps {
  projectId: string;
  sectionId: string | null;
  name: string;
  ids: readonly string[];
  onOpen: (id: string) => void;
}

function Column({ projectId, sectionId, name, ids, onOpen }: ColumnProps) {
  const { t } = useTranslation("lists");
  const tasks = useTable("tasks");
  const act = useAct();
  const [composing, setComposing] = useState(false);
  const { ref, over } = useDropTasks<HTMLElement>((dropped) => {
    const moved = dropped.filter((id) => {
      const task = tasks.get(id);
      return task && (task.projectId !== projectId || task.sectionId !== sectionId);
    });
    if (moved.length > 0) act(many(moved.map((id) => moveTask(id, { projectId, sectionId }))), t("board.moved", { count: moved.length, name }));
  });
  return (
    <section ref={ref} className={cx(styles.column, over && styles.over)} aria-label={name}>
      <header className={styles.columnHead}>
        <h2>{name}</h2>
        <span className={styles.count}>{ids.length}</span>
      </header>
      <ul className={styles.cards}>
        {ids.map((id) => (
          <li key={id}>
            <Card id={id} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {composing ? (
        <Composer place={{ projectId, sectionId }} onClose={() => setComposing(false)} />
      ) : (
        <Button variant="quiet" size="small" icon={<PlusIcon />} wide onClick={() => setComposing(true)}>
          {t("board.add")}
        </Button>
      )}
    </section>
  );
}
