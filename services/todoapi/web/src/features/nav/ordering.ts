import type { TFunction } from "i18next";
import { moveFilter, moveProject } from "../../store/acts";
import type { Row } from "../../store/lists";
import type { Act } from "../../store/model";
import { byPosition } from "../../store/order";
import type { Store } from "../../store/store";
import { foldedNow, unfold } from "./NavSection";
import { dropped, type Place, rowsOf, type Step, stepped, type Zone } from "./order";
import type { PlaceRef } from "./PlaceRow";
import { treeOf } from "./tree";

export type Order = ReturnType<typeof orderOf>;

/** Puts projects and filters elsewhere among their like. */
export function orderOf(store: Store, act: (act: Act, label: string) => unknown, t: TFunction<"nav">) {
  const rows = (kind: PlaceRef["kind"]): Row[] => {
    const { projects, filters } = store.entities();
    if (kind === "projects") return rowsOf(treeOf(projects));
    return [...filters.values()].sort(byPosition).map(({ id }) => ({ id, depth: 0, children: 0 }));
  };
  const put = ({ kind, id }: PlaceRef, to: Place | null) => {
    if (!to) return;
    const label = t("moved", { name: store.entities()[kind].get(id)?.name ?? "" });
    if (kind === "projects") act(moveProject(id, to), label);
    else if (!("parentId" in to)) act(moveFilter(id, to), label);
    if ("parentId" in to) unfold(to.parentId);
  };
  const target = (id: string) => ({ id, folded: foldedNow(id) });
  return {
    /** Whether a place can go a step. */
    goes: ({ kind, id }: PlaceRef, step: Step) => stepped(rows(kind), id, step) !== null,
    step: (place: PlaceRef, step: Step) => put(place, stepped(rows(place.kind), place.id, step)),
    /** Whether a project can be let go on another one. */
    takes: (id: string, on: string, zone: Zone) => dropped(rows("projects"), id, target(on), zone) !== null,
    drop: (id: string, on: string, zone: Zone) => put({ kind: "projects", id }, dropped(rows("projects"), id, target(on), zone)),
  };
}
