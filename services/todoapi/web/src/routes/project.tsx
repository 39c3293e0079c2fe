import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { TaskList } from "../features/task";
import { useEntity } from "../store/hooks";
import { ColourDot } from "../ui/ColourDot";
import { Page } from "../ui/Page";
import { Nowhere } from "./Nowhere";
import { useOpenTask } from "./useOpenTask";

export function ProjectScreen() {
  const { id } = useParams({ from: "/p/$id" });
  const project = useEntity("projects", id);
  const open = useOpenTask();
  const list = useMemo(() => ({ kind: "project", id }) as const, [id]);
  if (!project) return <Nowhere />;
  return (
    <Page title={project.name} sign={<ColourDot colour={project.colour} />}>
      <TaskList key={id} label={project.name} list={list} onOpen={open} />
    </Page>
  );
}
