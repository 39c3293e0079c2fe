import { useParams } from "@tanstack/react-router";
import { Page } from "../ui/Page";

export function TagScreen() {
  const { name } = useParams({ from: "/tag/$name" });
  return <Page title={`@${name}`} />;
}
