import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SearchScreen as Content, type SearchStatus } from "../features/search/SearchScreen";
import { asksServer } from "../sync/asksServer";
import { Page } from "../ui/Page";
import { useOpenTask } from "./useOpenTask";

export const SearchScreen = asksServer(function SearchScreen() {
  const { t } = useTranslation("nav");
  const { q = "" } = useSearch({ from: "/search" });
  const navigate = useNavigate();
  const [status, setStatus] = useState<SearchStatus>("open");
  const search = (words: string, wanted: SearchStatus) => {
    setStatus(wanted);
    if (words !== q) void navigate({ to: "/search", search: ({ task }) => ({ ...(task !== undefined && { task }), ...(words !== "" && { q: words }) }), replace: true });
  };
  return (
    <Page title={t("search")}>
      <Content q={q} status={status} onSearch={search} onOpen={useOpenTask()} />
    </Page>
  );
});
