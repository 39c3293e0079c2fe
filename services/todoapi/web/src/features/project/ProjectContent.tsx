import { type SubmitEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { createSection, newId, unarchiveProject } from "../../store/acts";
import type { Kinds } from "../../store/model";
import { useAct } from "../../sync/hooks";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { Input } from "../../ui/Input";
import { ArchiveIcon, ProjectIcon, SectionIcon } from "../../ui/moreIcons";
import { TaskList } from "../task";
import { Board } from "./Board";
import { MonthCalendar } from "./MonthCalendar";
import styles from "./project.module.css";

export type View = "list" | "board" | "calendar";

interface ProjectContentProps {
  project: Kinds["projects"];
  view: View;
  onOpen: (id: string) => void;
}

/** The tasks of a project, in one of the ways to look at them. */
export function ProjectContent({ project, view, onOpen }: ProjectContentProps) {
  const { t } = useTranslation("lists");
  const { id } = project;
  const list = useMemo(() => ({ kind: "project" as const, id }), [id]);
  return (
    <>
      {project.archivedAt !== null && <Archived project={project} />}
      {view === "list" && (
        <TaskList label={project.name} list={list} onOpen={onOpen} empty={<EmptyState icon={<ProjectIcon />} title={t("project.empty")} text={t("project.emptyText")} />} />
      )}
      {view === "board" && <Board projectId={id} onOpen={onOpen} />}
      {view === "calendar" && <MonthCalendar projectId={id} onOpen={onOpen} />}
      {view !== "calendar" && <AddSection projectId={id} />}
    </>
  );
}

function Archived({ project: { id, name } }: { project: Kinds["projects"] }) {
  const { t } = useTranslation("lists");
  const act = useAct();
  return (
    <p className={styles.archived}>
      <ArchiveIcon />
      {t("project.archived")}
      <Button size="small" onClick={() => act(unarchiveProject(id), t("project.unarchiveDone", { name }))}>
        {t("project.unarchive")}
      </Button>
    </p>
  );
}

function AddSection({ projectId }: { projectId: string }) {
  const { t } = useTranslation("lists");
  const act = useAct();
  const [name, setName] = useState<string | null>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = name?.trim() ?? "";
    setName(null);
    if (wanted !== "") act(createSection(newId(), projectId, wanted), t("project.sectionAdded", { name: wanted }));
  };
  if (name === null) {
    return (
      <Button className={styles.addSection} variant="quiet" icon={<SectionIcon />} onClick={() => setName("")}>
        {t("project.addSection")}
      </Button>
    );
  }
  return (
    <form className={styles.addSection} onSubmit={submit}>
      <Input
        aria-label={t("project.sectionName")}
        placeholder={t("project.sectionName")}
        value={name}
        maxLength={120}
        autoFocus
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && setName(null)}
      />
      <Button variant="primary" type="submit">
        {t("project.addSection")}
      </Button>
    </form>
  );
}
