import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { TaskList } from "../features/task";
import { EmptyState } from "../ui/EmptyState";
import { TagIcon } from "../ui/icons";
import { Page } from "../ui/Page";
import { useOpenTask } from "./useOpenTask";

export function TagScreen() {
  const { name } = useParams({ from: "/tag/$name" });
  const { t } = useTranslation("task");
  const open = useOpenTask();
  const list = useMemo(() => ({ kind: "tag", name }) as const, [name]);
  return (
    <Page title={`@${name}`}>
      <TaskList key={name} label={`@${name}`} list={list} onOpen={open} empty={<EmptyState icon={<TagIcon />} title={t("empty.tag")} text={t("empty.tagText", { name })} />} />
    </Page>
  );
}
