import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ProjectMenu } from "../features/nav/PlaceMenu";
import { ProjectContent, type View } from "../features/project/ProjectContent";
import { useEntity } from "../store/hooks";
import { ColourDot } from "../ui/ColourDot";
import { CalendarIcon } from "../ui/icons";
import { BoardIcon, ListIcon } from "../ui/moreIcons";
import { Page } from "../ui/Page";
import { SegmentedControl } from "../ui/SegmentedControl";
import { Nowhere } from "./Nowhere";
import { useOpenTask } from "./useOpenTask";

const signs = { list: <ListIcon />, board: <BoardIcon />, calendar: <CalendarIcon /> };

export function ProjectScreen() {
  const { t } = useTranslation("lists");
  const { id } = useParams({ from: "/p/$id" });
  const { view = "list" } = useSearch({ from: "/p/$id" });
  const project = useEntity("projects", id);
  const navigate = useNavigate();
  const open = useOpenTask();
  if (!project) return <Nowhere />;
  const show = (next: View) =>
    void navigate({ to: "/p/$id", params: { id }, search: ({ task }) => ({ ...(task !== undefined && { task }), ...(next !== "list" && { view: next }) }) });
  return (
    <Page
      title={project.name}
      sign={<ColourDot colour={project.colour} />}
      wide={view !== "list"}
      actions={
        <>
          <SegmentedControl
            label={t("project.view")}
            value={view}
            onChange={show}
            options={(["list", "board", "calendar"] as const).map((value) => ({ value, label: t(`project.${value}`), icon: signs[value] }))}
          />
          <ProjectMenu project={project} />
        </>
      }
    >
      <ProjectContent key={id} project={project} view={view} onOpen={open} />
    </Page>
  );
}
