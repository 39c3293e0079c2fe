import { useTranslation } from "react-i18next";
import type { Task } from "../../../api/types";
import { useTable } from "../../../store/hooks";
import { ColourDot } from "../../../ui/ColourDot";
import { PickList } from "../../../ui/PickList";
import { hasTag } from "../edits";

interface TagPickerProps {
  tasks: readonly Pick<Task, "tags">[];
  /** Called with a tag that all of them are to have or, if they have it, to lose. */
  onPick: (tag: string) => void;
}

/** The tags of tasks. One that is not there yet is made by its use. */
export function TagPicker({ tasks, onPick }: TagPickerProps) {
  const { t } = useTranslation("task");
  const tags = useTable("tags");
  const known = [...tags.values()].map(({ name, colour }) => ({ value: name, label: name, icon: <ColourDot colour={colour} /> }));
  const used = tasks.flatMap((task) => task.tags).filter((name) => !known.some(({ value }) => value.toLowerCase() === name.toLowerCase()));
  const options = [...known, ...[...new Set(used)].map((name) => ({ value: name, label: name, icon: <ColourDot colour="grey" /> }))];
  const picked = options.filter(({ value }) => tasks.length > 0 && tasks.every((task) => hasTag(task as Task, value)));
  return <PickList label={t("tags.find")} options={options} picked={picked.map(({ value }) => value)} onPick={onPick} onCreate={onPick} />;
}
