import { useParams } from "@tanstack/react-router";
import { useEntity } from "../store/hooks";
import { Page } from "../ui/Page";
import { Nowhere } from "./Nowhere";

export function FilterScreen() {
  const { id } = useParams({ from: "/filter/$id" });
  const filter = useEntity("filters", id);
  if (!filter) return <Nowhere />;
  return <Page title={filter.name} />;
}
