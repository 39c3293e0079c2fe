import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../../../api/types";
import * as acts from "../../../store/acts";
import { useTable } from "../../../store/hooks";
import { ColourDot } from "../../../ui/ColourDot";
import { InboxIcon } from "../../../ui/icons";
import { SectionIcon } from "../../../ui/moreIcons";
import { PickList } from "../../../ui/PickList";
import { useEdit } from "../useEdit";
import { projectTree } from "./projectTree";

type Place = Pick<Task, "projectId" | "sectionId">;

interface ProjectPickerProps {
  value: Place;
  onPick: (place: Place) => void;
}

const inbox = "inbox";

/** Where tasks are: the inbox, a project or a section of one. A project that is not there yet can be made. */
export function ProjectPicker({ value, onPick }: ProjectPickerProps) {
  const { t } = useTranslation("task");
  const projects = useTable("projects");
  const sections = useTable("sections");
  const edit = useEdit();
  const tree = useMemo(() => projectTree({ projects, sections }), [projects, sections]);
  const options = [
    { value: inbox, label: t("inbox"), icon: <InboxIcon /> },
    ...tree.map(({ projectId, sectionId, name, above, colour }) => ({
      value: sectionId ?? projectId,
      label: [...above, name].join(" / "),
      icon: sectionId === null ? <ColourDot colour={colour} /> : <SectionIcon />,
    })),
  ];

  const pick = (id: string) => {
    const branch = tree.find(({ projectId, sectionId }) => (sectionId ?? projectId) === id);
    onPick({ projectId: branch?.projectId ?? null, sectionId: branch?.sectionId ?? null });
  };

  const create = (name: string) => {
    const id = acts.newId();
    edit([acts.createProject(id, { name })], t("projectCreated", { name }));
    onPick({ projectId: id, sectionId: null });
  };

  return <PickList label={t("project.find")} options={options} picked={[value.sectionId ?? value.projectId ?? inbox]} onPick={pick} onCreate={create} />;
}
