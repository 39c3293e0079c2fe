import { useParams } from "@tanstack/react-router";
import { useEntity } from "../store/hooks";
import { ColourDot } from "../ui/ColourDot";
import { Page } from "../ui/Page";
import { Nowhere } from "./Nowhere";

export function ProjectScreen() {
  const { id } = useParams({ from: "/p/$id" });
  const project = useEntity("projects", id);
  if (!project) return <Nowhere />;
  return <Page title={project.name} sign={<ColourDot colour={project.colour} />} />;
}
