import { type ReactNode, useId } from "react";
import type { Task } from "../../api/types";
import { ChevronIcon } from "../../ui/icons";

interface GroupSectionProps {
  group: { name: string; title: string; tasks: Task[] };
  /** Present for a section that folds away. Its tasks are read when it opens: it cannot count them before. */
  fold?: { open: boolean; toggle: () => void };
  children: ReactNode;
}

export function GroupSection({ group, fold, children }: GroupSectionProps) {
  const heading = useId();
  const title = (
    <>
      {group.title}
      {!fold && <span className="count">{group.tasks.length}</span>}
    </>
  );
  return (
    <section className={`group ${group.name}`} aria-labelledby={heading}>
      <h2 id={heading}>
        {fold ? (
          <button type="button" className="fold" aria-expanded={fold.open} onClick={() => fold.toggle()}>
            <ChevronIcon />
            {title}
          </button>
        ) : (
          title
        )}
      </h2>
      {(!fold || fold.open) && <ul className="rows">{children}</ul>}
    </section>
  );
}

export function EmptyState() {
  return (
    <div className="empty">
      <svg viewBox="0 0 120 90" aria-hidden="true">
        <rect className="empty-card" x="22" y="14" width="76" height="62" rx="12" />
        <path className="empty-line" d="M54 34h30M54 46h30M54 58h18" />
        <path className="empty-tick" d="m33 34 3.5 3.5 6-7M33 46l3.5 3.5 6-7M33 58l3.5 3.5 6-7" />
      </svg>
      <p className="empty-title">All clear</p>
      <p>Nothing is open.</p>
      <p className="keyboard-only">
        Press <kbd>n</kbd> to add a task.
      </p>
    </div>
  );
}

export function LoadingRows() {
  return (
    <div className="loading" role="status">
      <span className="sr-only">Loading your tasks</span>
      {[1, 2, 3, 4].map((row) => (
        <div key={row} className="loading-row" />
      ))}
    </div>
  );
}
