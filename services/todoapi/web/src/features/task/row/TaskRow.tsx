import { type CSSProperties, memo, type MouseEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from "react";
import { useEntity } from "../../../store/hooks";
import { isProvisional } from "../../../store/predict";
import { pointAt } from "../../../ui/anchor";
import { cx } from "../../../ui/cx";
import { CalendarIcon, ChevronIcon, DragIcon, MoreIcon } from "../../../ui/icons";
import { VisuallyHidden } from "../../../ui/VisuallyHidden";
import { useListContext, useListState } from "../list/context";
import { useRowDrag } from "../list/useRowDrag";
import { useSwipe } from "../list/useSwipe";
import { Facts } from "./Facts";
import styles from "./TaskRow.module.css";
import { Tick } from "./Tick";

interface TaskRowProps {
  id: string;
  group: string;
  /** Its place among the rows of the group, from 0. */
  at: number;
  depth: number;
  children: number;
  /** The day that stands above it. */
  underDay: string | undefined;
}

/** A task in a list. It is drawn anew when that task changes, or what the list does with it. */
export const TaskRow = memo(function TaskRow({ id, group, at, depth, children, underDay }: TaskRowProps) {
  const { model, does, words, manual, namesProjects } = useListContext();
  const { t } = words;
  const task = useEntity("tasks", id);
  const atCursor = useListState(({ choice }) => choice.cursor === id);
  const inTabOrder = useListState(({ choice }) => choice.cursor === id || (choice.cursor === null && model.order[0] === id));
  const chosen = useListState(({ choice }) => choice.chosen.has(id));
  const choosing = useListState(({ choice }) => choice.chosen.size > 0);
  const folded = useListState((state) => state.folded.has(id));
  const asked = useListState((state) => state.asked?.ids.includes(id) === true);
  const [hovered, setHovered] = useState(false);
  const row = useRef<HTMLDivElement>(null);
  const main = useRef<HTMLButtonElement>(null);
  const dragging = useRowDrag(row, { id, group, at, depth });
  const swipe = useSwipe({ onComplete: () => does.complete([id]), onSchedule: () => does.ask("date", [id], row.current) });
  const facts = useId();

  useLayoutEffect(() => {
    // A picker beside it has the focus until it closes.
    if (atCursor && !asked && model.takeFocus()) main.current?.focus({ preventScroll: true });
  }, [atCursor, asked, model]);

  if (!task) return null;
  const completed = task.completedAt !== null;
  const tabIndex = inTabOrder ? 0 : -1;

  const press = (event: MouseEvent) => {
    if (event.shiftKey) does.stretchTo(id);
    else if (event.metaKey || event.ctrlKey || choosing) does.toggle(id);
    else {
      does.point(id);
      does.open(id);
    }
  };

  return (
    <div
      ref={row}
      data-task={id}
      className={cx(styles.row, atCursor && styles.cursor, chosen && styles.chosen, completed && styles.completed, asked && styles.asked, dragging && styles.dragging, isProvisional(id) && styles.provisional)}
      style={{ "--depth": depth } as CSSProperties}
      onClick={press}
      onContextMenu={(event) => {
        event.preventDefault();
        does.point(id);
        does.ask("menu", chosen ? does.meant() : [id], pointAt(event, event.currentTarget));
      }}
      onFocus={() => does.point(id)}
      onPointerEnter={({ pointerType }) => pointerType === "mouse" && setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      {...swipe}
    >
      {manual && children > 0 && (
        <button
          type="button"
          className={styles.fold}
          aria-expanded={!folded}
          aria-label={t("foldSubtasks", { title: task.title })}
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            model.fold(id);
          }}
        >
          <ChevronIcon />
        </button>
      )}
      <Tick task={task} words={words} tabIndex={tabIndex} onToggle={() => does.complete([id])} />
      <div className={styles.body}>
        <button ref={main} type="button" className={styles.main} tabIndex={tabIndex} aria-describedby={facts}>
          {chosen && <VisuallyHidden>{t("chosen")}</VisuallyHidden>}
          <span className={styles.title}>{task.title}</span>
        </button>
        <Facts id={facts} words={words} task={task} namesProject={namesProjects} underDay={underDay} />
      </div>
      {/* Ten thousand rows are scrolled through: what only one of them shows is drawn for that one. */}
      {(hovered || atCursor || asked) && (
        <>
          <span className={styles.handle} data-drag-handle aria-hidden="true">
            <DragIcon />
          </span>
          <span className={styles.actions}>
            <RowAction label={t("date.of", { title: task.title })} tabIndex={tabIndex} onPress={(anchor) => does.ask("date", [id], anchor)}>
              <CalendarIcon />
            </RowAction>
            <RowAction label={t("menu.of", { title: task.title })} tabIndex={tabIndex} onPress={(anchor) => does.ask("menu", [id], anchor)}>
              <MoreIcon />
            </RowAction>
          </span>
        </>
      )}
    </div>
  );
});

interface RowActionProps {
  label: string;
  tabIndex: number;
  onPress: (anchor: Element) => void;
  children: ReactNode;
}

/** A button of a row: a bare one, since a list of ten thousand would pay for more. */
function RowAction({ label, tabIndex, onPress, children }: RowActionProps) {
  return (
    <button
      type="button"
      className={styles.action}
      aria-label={label}
      aria-haspopup="true"
      title={label}
      tabIndex={tabIndex}
      onClick={(event) => {
        event.stopPropagation();
        onPress(event.currentTarget);
      }}
    >
      {children}
    </button>
  );
}
