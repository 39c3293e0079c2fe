import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import { useCommands } from "../../commands/registry";
import { rowsOf, ServedTasks } from "../task";
import { useServed } from "../../sync/served";
import { EmptyState } from "../../ui/EmptyState";
import { SearchIcon } from "../../ui/icons";
import { Input } from "../../ui/Input";
import { SegmentedControl } from "../../ui/SegmentedControl";
import styles from "./search.module.css";
import "./texts";

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
  const { t } = useTranslation("search");
  const found = useServed(["search", q, status], (cursor) => search(q, status, cursor), q !== "");
  const groups = useMemo(() => [{ key: "", rows: rowsOf(found.tasks) }], [found.tasks]);
  return (
    <>
      <div className={styles.bar}>
        <SearchField q={q} onSearch={(words) => onSearch(words, status)} />
        <SegmentedControl
          label={t("status")}
          value={status}
          onChange={(next) => onSearch(q, next)}
          options={statuses.map((value) => ({ value, label: t(value) }))}
        />
      </div>
      {q === "" ? (
        <EmptyState icon={<SearchIcon />} title={t("nothingAsked")} text={t("how")} />
      ) : (
        <ServedTasks
          label={t("results", { q })}
          served={found}
          groups={groups}
          onOpen={onOpen}
          empty={<EmptyState icon={<SearchIcon />} title={t("nothingFound", { q })} text={t("nothingFoundHow")} />}
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
  const { t } = useTranslation("search");
  const [typed, setTyped] = useState(q);
  const [asked, setAsked] = useState(q);
  const [shown, setShown] = useState(q);
  const field = useRef<HTMLInputElement>(null);
  const latest = useRef(onSearch);
  useEffect(() => {
    latest.current = onSearch;
  });
  // Words that come from elsewhere, such as a link, take the place of what was typed; those asked for here come back when more may be typed.
  if (q !== shown) {
    setShown(q);
    if (q !== asked) {
      setAsked(q);
      setTyped(q);
    }
  }
  useEffect(() => {
    const words = typed.trim();
    if (words === asked || q !== asked) return;
    const timer = setTimeout(() => {
      setAsked(words);
      latest.current(words);
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [typed, asked, q]);
  useCommands({
    search: () => {
      field.current?.focus();
      field.current?.select();
    },
  });
  return (
    <Input
      ref={field}
      type="search"
      size="large"
      aria-label={t("label")}
      placeholder={t("placeholder")}
      value={typed}
      autoFocus
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
