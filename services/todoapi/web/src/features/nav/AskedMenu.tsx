import { useEntity } from "../../store/hooks";
import { FilterMenu, ProjectMenu, TagMenu } from "./PlaceMenu";
import type { AskedPlace } from "./usePlaceMenu";

interface AskedMenuProps {
  asked: AskedPlace;
  onClose: () => void;
}

/** The menu of a place in the sidebar, and what it opens. */
export function AskedMenu({ asked: { place, anchor, open }, onClose }: AskedMenuProps) {
  const { kind, id } = place;
  const project = useEntity("projects", kind === "projects" ? id : null);
  const filter = useEntity("filters", kind === "filters" ? id : null);
  const tag = useEntity("tags", kind === "tags" ? id : null);
  const beside = { anchor, open, onClose };
  if (project) return <ProjectMenu project={project} beside={beside} />;
  if (filter) return <FilterMenu filter={filter} beside={beside} />;
  return tag ? <TagMenu tag={tag} beside={beside} /> : null;
}
