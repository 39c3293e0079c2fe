import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import * as acts from "../../../store/acts";
import { useEntity, useViewer } from "../../../store/hooks";
import type { Kinds } from "../../../store/model";
import { dayOf } from "../../../time/due";
import { Button } from "../../../ui/Button";
import { ChevronIcon, MoreIcon, PlusIcon } from "../../../ui/icons";
import { IconButton } from "../../../ui/IconButton";
import { Input } from "../../../ui/Input";
import { lazilyOpened } from "../../../ui/lazily";
import { useMenuButton } from "../../../ui/useMenuButton";
import { useEdit } from "../useEdit";
import { useListContext } from "./context";
import { headingKey, type TaskGroup } from "./items";
import styles from "./TaskList.module.css";

const SectionMenuItems = lazilyOpened(() => import("./SectionMenuItems").then((module) => module.SectionMenuItems));

/** What stands above the tasks of a group, and what can be done to all of them. */
export function GroupHeading({ group, folded }: { group: TaskGroup; folded: boolean }) {
  const { model, does } = useListContext();
  const { t } = useTranslation("task");
  const { now, zone } = useViewer();
  const section = useEntity("sections", group.place?.sectionId);
  const [renaming, setRenaming] = useState(false);
  const count = group.rows.length;
  return (
    <div className={styles.heading} data-tone={group.tone}>
      <button type="button" className={styles.foldGroup} aria-expanded={!folded} aria-label={t("foldGroup", { name: group.title ?? "" })} onClick={() => model.fold(headingKey(group.key))}>
        <ChevronIcon />
      </button>
      {section && renaming ? (
        <SectionName section={section} onDone={() => setRenaming(false)} />
      ) : (
        <h2 onDoubleClick={() => section && setRenaming(true)}>{group.title}</h2>
      )}
      {count > 0 && <span className={styles.count}>{count}</span>}
      <span className={styles.end}>
        {group.tone === "overdue" && (
          <Button variant="quiet" size="small" onClick={() => does.reschedule(dayOf(now, zone), group.rows.map(({ id }) => id))}>
            {t("rescheduleAll")}
          </Button>
        )}
        {section && (
          <>
            <IconButton size="small" label={t("addTo", { name: section.name })} onClick={() => model.change({ composing: group.key })}>
              <PlusIcon />
            </IconButton>
            <SectionMenu section={section} onRename={() => setRenaming(true)} />
          </>
        )}
      </span>
    </div>
  );
}

function SectionMenu({ section, onRename }: { section: Kinds["sections"]; onRename: () => void }) {
  const { t } = useTranslation("task");
  const { button, menu } = useMenuButton();
  return (
    <>
      <IconButton size="small" label={t("menu.of", { title: section.name })} {...button}>
        <MoreIcon />
      </IconButton>
      <SectionMenuItems section={section} onRename={onRename} {...menu} />
    </>
  );
}

function SectionName({ section, onDone }: { section: Kinds["sections"]; onDone: () => void }) {
  const { t } = useTranslation("task");
  const edit = useEdit();
  const [name, setName] = useState(section.name);

  const save = () => {
    onDone();
    const wanted = name.trim();
    if (wanted !== "" && wanted !== section.name) edit([acts.updateSection(section, wanted)], t("section.renamed", { name: wanted }));
  };

  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") save();
    if (event.key === "Escape") onDone();
  };

  return <Input plain aria-label={t("section.name")} autoFocus className={styles.name} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} onBlur={save} onKeyDown={press} />;
}
