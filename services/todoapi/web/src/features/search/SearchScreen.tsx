import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import { rowsOf, ServedTasks } from "../task";
import { useServed } from "../../sync/served";
import { EmptyState } from "../../ui/EmptyState";
import { SearchIcon } from "../../ui/icons";
import { Input } from "../../ui/Input";
import { SegmentedControl } from "../../ui/SegmentedControl";
import styles from "./search.module.css";

/** How long a person may pause while typing before what stands there is searched for. */
const pauseMs = 250;

const statuses = ["open", "completed", "all"] as const;
export type SearchStatus = (typeof statuses)[number];

interface SearchScreenProps {
  q: string;
  status: SearchStatus;
  onSearch: (q: string, status: SearchStatus) => void;
  onOpen: (id: string) => void;
}

/** Finds tasks by words of their titles, notes, tags and comments. */
export function SearchScreen({ q, status, onSearch, onOpen }: SearchScreenProps) {
  const { t } = useTranslation("lists");
  const found = useServed(["search", q, status], (cursor) => search(q, status, cursor), q !== "");
  const groups = useMemo(() => [{ key: "", rows: rowsOf(found.tasks) }], [found.tasks]);
  return (
    <>
      <div className={styles.bar}>
        <SearchField key={q === "" ? "empty" : "search"} q={q} onSearch={(words) => onSearch(words, status)} />
        <SegmentedControl
          label={t("search.status")}
          value={status}
          onChange={(next) => onSearch(q, next)}
          options={statuses.map((value) => ({ value, label: t(`search.${value}`) }))}
        />
      </div>
      {q === "" ? (
        <EmptyState icon={<SearchIcon />} title={t("search.nothingAsked")} text={t("search.how")} />
      ) : (
        <ServedTasks
          label={t("search.results", { q })}
          served={found}
          groups={groups}
          onOpen={onOpen}
          empty={<EmptyState icon={<SearchIcon />} title={t("search.nothingFound", { q })} text={t("search.nothingFoundHow")} />}
        />
      )}
    </>
  );
}

async function search(q: string, status: SearchStatus, cursor: string | undefined) {
  const { items, next } = await client.call(operations.searchTasks, { query: { q, status, limit: 100, ...(cursor !== undefined && { cursor }) } });
  return { tasks: items, next };
}

function SearchField({ q, onSearch }: { q: string; onSearch: (q: string) => void }) {
  const { t } = useTranslation("lists");
  const [typed, setTyped] = useState(q);
  const latest = useRef(onSearch);
  useEffect(() => {
    latest.current = onSearch;
  });
  useEffect(() => {
    if (typed.trim() === q) return;
    const timer = setTimeout(() => latest.current(typed.trim()), pauseMs);
    return () => clearTimeout(timer);
  }, [typed, q]);
  return (
    <Input
      type="search"
      size="large"
      aria-label={t("search.label")}
      placeholder={t("search.placeholder")}
      value={typed}
      autoFocus
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
