import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { TagMenu } from "../features/nav/PlaceMenu";
import { TaskList } from "../features/task";
import { useTable } from "../store/hooks";
import { ColourDot } from "../ui/ColourDot";
import { EmptyState } from "../ui/EmptyState";
import { TagIcon } from "../ui/icons";
import { Page } from "../ui/Page";
import { useOpenTask } from "./useOpenTask";

export function TagScreen() {
  const { t } = useTranslation("lists");
  const { name } = useParams({ from: "/tag/$name" });
  const list = useMemo(() => ({ kind: "tag" as const, name }), [name]);
  const tags = useTable("tags");
  const tag = [...tags.values()].find((one) => one.name === name);
  return (
    <Page
      title={`@${name}`}
      {...(tag && {
        sign: <ColourDot colour={tag.colour} />,
        actions: <TagMenu tag={tag} />,
      })}
    >
      <TaskList
        key={name}
        label={`@${name}`}
        list={list}
        onOpen={useOpenTask()}
        empty={<EmptyState icon={<TagIcon />} title={t("tag.empty")} text={t("tag.emptyText", { name })} />}
      />
    </Page>
  );
}
