import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, client } from "../../api/http";
import { operations } from "../../api/operations";
import { useServed } from "../../sync/served";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { FilterIcon, WarningIcon } from "../../ui/icons";
import { rowsOf, ServedTasks } from "../task";

interface FilterScreenProps {
  name: string;
  query: string;
  onEdit: () => void;
  onOpen: (id: string) => void;
}

/** The open tasks that a filter finds. */
export function FilterScreen({ name, query, onEdit, onOpen }: FilterScreenProps) {
  const { t } = useTranslation("lists");
  const found = useServed(["filter", query], (cursor) => readFiltered(query, cursor));
  const groups = useMemo(() => [{ key: "", rows: rowsOf(found.tasks) }], [found.tasks]);
  const edit = <Button onClick={onEdit}>{t("filter.edit")}</Button>;
  if (found.error instanceof ApiError && found.error.status === 422) {
    return <EmptyState icon={<WarningIcon />} title={t("filter.wrong")} text={found.error.message} action={edit} />;
  }
  return (
    <ServedTasks
      label={name}
      served={found}
      groups={groups}
      onOpen={onOpen}
      empty={<EmptyState icon={<FilterIcon />} title={t("filter.empty")} text={t("filter.emptyText", { query })} action={edit} />}
    />
  );
}

async function readFiltered(filter: string, cursor: string | undefined) {
  const { items, next } = await client.call(operations.listTasks, { query: { filter, limit: 200, ...(cursor !== undefined && { cursor }) } });
  return { tasks: items, next };
}
