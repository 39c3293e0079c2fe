import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { FilterScreen as Content } from "../features/filter/FilterScreen";
import { FilterMenu } from "../features/nav/PlaceMenu";
import { useEntity } from "../store/hooks";
import { asksServer } from "../sync/asksServer";
import { ColourDot } from "../ui/ColourDot";
import { Page } from "../ui/Page";
import { Nowhere } from "./Nowhere";
import { useOpenTask } from "./useOpenTask";

export const FilterScreen = asksServer(function FilterScreen() {
  const { id } = useParams({ from: "/filter/$id" });
  const filter = useEntity("filters", id);
  const open = useOpenTask();
  const [editing, setEditing] = useState(false);
  if (!filter) return <Nowhere />;
  return (
    <Page
      title={filter.name}
      sign={<ColourDot colour={filter.colour} />}
      actions={<FilterMenu filter={filter} edits={[editing, setEditing]} />}
    >
      <Content key={filter.query} name={filter.name} query={filter.query} onEdit={() => setEditing(true)} onOpen={open} />
    </Page>
  );
});
