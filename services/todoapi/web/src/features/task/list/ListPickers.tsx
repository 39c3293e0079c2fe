import { useTranslation } from "react-i18next";
import { useStore } from "../../../store/hooks";
import { asksServer } from "../../../sync/asksServer";
import type { Anchor } from "../../../ui/anchor";
import { Menu } from "../../../ui/Menu";
import { Popover } from "../../../ui/Popover";
import { DatePicker } from "../pickers/DatePicker";
import { PriorityItems } from "../pickers/PriorityItems";
import { ProjectPicker } from "../pickers/ProjectPicker";
import { TagPicker } from "../pickers/TagPicker";
import { TaskMenuItems } from "../row/TaskMenuItems";
import { useListContext, useListState } from "./context";
import type { Asked } from "./model";

/** The one menu and the pickers of a list, beside whatever asked for them. */
export const ListPickers = asksServer(function ListPickers() {
  const { model } = useListContext();
  const asked = useListState((state) => state.asked);
  const { t } = useTranslation("task");
  if (!asked) return null;

  const close = () => {
    model.wantFocus();
    model.change({ asked: null });
  };
  const shown = { open: true, onOpenChange: (open: boolean) => !open && close(), anchor: asked.anchor ?? anchorOf(asked) };

  if (asked.picker === "menu" || asked.picker === "priority") {
    return (
      <Menu {...shown} align="end">
        <Choices asked={asked} onDone={close} />
      </Menu>
    );
  }
  return (
    <Popover {...shown} label={t(`selection.${asked.picker}`)} align="end">
      <Choices asked={asked} onDone={close} />
    </Popover>
  );
});

function Choices({ asked: { picker, ids }, onDone }: { asked: Asked; onDone: () => void }) {
  const { does } = useListContext();
  const store = useStore();
  const tasks = does.tasks(ids);
  const [first] = tasks;
  if (!first) return null;
  switch (picker) {
    case "menu":
      return <TaskMenuItems ids={ids} onOpen={(next) => queueMicrotask(() => does.ask(next, ids))} />;
    case "priority":
      return <PriorityItems value={first.priority} onPick={(priority) => does.prioritise(priority, ids)} />;
    case "date":
      return (
        <DatePicker
          due={first.due}
          recurrence={first.recurrence}
          onDay={(day) => {
            does.reschedule(day, ids);
            onDone();
          }}
          onChange={(fieldsOf) => {
            does.change(fieldsOf, ids);
            onDone();
          }}
        />
      );
    case "tags":
      return <TagPicker tasks={ids.flatMap((id) => store.entities().tasks.get(id) ?? [])} onPick={(tag) => does.tag(tag, ids)} />;
    case "project":
      return (
        <ProjectPicker
          value={first}
          onPick={(place) => {
            does.moveTo(place, ids);
            onDone();
          }}
        />
      );
  }
}

/** The row of the first task, if it is on the screen. */
function anchorOf({ ids: [first] }: Asked): Anchor | null {
  return first === undefined ? null : document.querySelector(`[data-task="${CSS.escape(first)}"]`);
}
