import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import { inbox } from "../../store/indexes";
import { useCounts, useStore, useTable, useZone } from "../../store/hooks";
import { served } from "../../sync/served";
import { addDays, dayOf } from "../../time/due";
import { useNow } from "../../time/useNow";
import { Button } from "../../ui/Button";
import { SegmentedControl } from "../../ui/SegmentedControl";
import { type Bar, BarChart } from "./charts";
import { byProject, type Count, donePerDay, loadAhead, type ProjectCount, punctuality, weeks } from "./data";
import styles from "./dashboard.module.css";
import english from "../../i18n/en/dashboard.json";
import { addEnglish } from "../../i18n/i18n";

addEnglish("dashboard", english);

const ranges = ["14", "30", "90"] as const;
const ahead = 14;
const projectsShown = 8;

/** How it goes: what was done, what is ahead, and where. Behind each chart stands a table. */
export function Dashboard() {
  const { t } = useTranslation("dashboard");
  const [days, setDays] = useState<(typeof ranges)[number]>("30");
  const today = dayOf(useNow(), useZone());
  const count = Number(days);
  const from = addDays(today, 1 - count);
  const done = useQuery({
    queryKey: [served, "statistics", from, today],
    queryFn: () => client.call(operations.readStatistics, { query: { from, to: today } }),
    placeholderData: keepPreviousData,
  });
  const perDay = donePerDay(done.data?.days ?? [], today, count);
  return (
    <div className={styles.dashboard}>
      <div className={styles.range}>
        <SegmentedControl
          label={t("range")}
          value={days}
          onChange={setDays}
          options={ranges.map((range) => ({ value: range, label: t("days", { count: Number(range) }) }))}
        />
      </div>
      {done.isError && (
        <p className={styles.failed} role="alert">
          {t("failed")}{" "}
          <Button variant="link" onClick={() => void done.refetch()}>
            {t("again")}
          </Button>
        </p>
      )}
      <Tiles done={perDay} punctual={punctuality(done.data ?? { onTime: 0, late: 0 })} days={count} today={today} />
      <Done counts={perDay} />
      <Load today={today} />
      <Projects done={done.data?.projects ?? []} />
    </div>
  );
}

interface TilesProps {
  done: readonly Count[];
  punctual: number | null;
  days: number;
  today: string;
}

function Tiles({ done, punctual, days, today }: TilesProps) {
  const { t, i18n } = useTranslation("dashboard");
  const { overdue } = useCounts();
  const week = weeks(done);
  const soon = total(useLoad(today, 7));
  const number = new Intl.NumberFormat(i18n.language);
  const share = punctual === null ? t("none") : new Intl.NumberFormat(i18n.language, { style: "percent" }).format(punctual / 100);
  return (
    <dl className={styles.tiles}>
      <Tile name={t("doneLast")} value={number.format(week.last)} hint={t("doneBefore", { count: week.before })} />
      <Tile name={t("onTime")} value={share} hint={t("onTimeOf", { days })} />
      <Tile name={t("overdue")} value={number.format(overdue)} hint={t("overdueHint")} alarm={overdue > 0} />
      <Tile name={t("ahead")} value={number.format(soon)} hint={t("aheadHint")} />
    </dl>
  );
}

function Tile({ name, value, hint, alarm = false }: { name: string; value: string; hint: string; alarm?: boolean }) {
  return (
    <div className={styles.tile}>
      <dt>{name}</dt>
      <dd>
        <span className={alarm ? styles.alarming : undefined}>{value}</span>
        <small>{hint}</small>
      </dd>
    </div>
  );
}

function Done({ counts }: { counts: readonly Count[] }) {
  const { t } = useTranslation("dashboard");
  const bars = useBars(counts);
  const summary = t("donePerDaySummary", { days: counts.length, ...extremes(counts) });
  return (
    <Figure title={t("donePerDay")} table={<DayTable bars={bars} />}>
      <BarChart bars={bars} summary={summary} />
    </Figure>
  );
}

function Load({ today }: { today: string }) {
  const { t } = useTranslation("dashboard");
  const counts = useLoad(today, ahead);
  const bars = useBars(counts).map((bar): Bar => (bar.key === today ? { ...bar, tone: "now" } : bar));
  return (
    <Figure title={t("load")} table={<DayTable bars={bars} />}>
      <BarChart bars={bars} summary={t("loadSummary", { days: ahead, ...extremes(counts) })} />
    </Figure>
  );
}

function Projects({ done }: { done: { projectId: string | null; completed: number }[] }) {
  const { t } = useTranslation("dashboard");
  const { indexes } = useStore();
  useTable("tasks"); // the indexes follow them
  const projects = useTable("projects");
  const counts = byProject(indexes, projects, done, projectsShown);
  const name = (key: string) => (key === inbox ? t("inbox") : (projects.get(key)?.name ?? ""));
  return (
    <Figure title={t("byProject")} table={<ProjectTable counts={counts} name={name} />}>
      {counts.length === 0 ? <p className={styles.empty}>{t("emptyProjects")}</p> : <ProjectBars counts={counts} name={name} />}
    </Figure>
  );
}

interface ProjectsProps {
  counts: readonly ProjectCount[];
  name: (key: string) => string;
}

function ProjectBars({ counts, name }: ProjectsProps) {
  const { t } = useTranslation("dashboard");
  const most = Math.max(1, ...counts.map(({ open, done }) => open + done));
  return (
    <>
      <ul className={styles.projects} aria-hidden="true">
        {counts.map(({ key, open, done }) => (
          <li key={key}>
            <span className={styles.projectName}>{name(key)}</span>
            <svg viewBox="0 0 100 8" preserveAspectRatio="none">
              <rect className={styles.doneBar} width={(100 * done) / most} height="8" />
              <rect className={styles.openBar} x={(100 * done) / most} width={(100 * open) / most} height="8" />
            </svg>
            <span className={styles.projectCount}>{open + done}</span>
          </li>
        ))}
      </ul>
      <p className={styles.key}>
        <span className={styles.doneKey}>{t("done")}</span>
        <span className={styles.openKey}>{t("open")}</span>
      </p>
    </>
  );
}

/** A chart with its title, and the same as a table. */
function Figure({ title, table, children }: { title: string; table: ReactNode; children: ReactNode }) {
  const { t } = useTranslation("dashboard");
  return (
    <section className={styles.figure} aria-label={title}>
      <h2>{title}</h2>
      {children}
      <details>
        <summary>{t("table")}</summary>
        {table}
      </details>
    </section>
  );
}

function DayTable({ bars }: { bars: readonly Bar[] }) {
  const { t } = useTranslation("dashboard");
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("day")}</th>
          <th scope="col">{t("tasks")}</th>
        </tr>
      </thead>
      <tbody>
        {bars.map(({ key, name, value }) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ProjectTable({ counts, name }: ProjectsProps) {
  const { t } = useTranslation("dashboard");
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("project")}</th>
          <th scope="col">{t("done")}</th>
          <th scope="col">{t("open")}</th>
        </tr>
      </thead>
      <tbody>
        {counts.map(({ key, open, done }) => (
          <tr key={key}>
            <th scope="row">{name(key)}</th>
            <td>{done}</td>
            <td>{open}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function useLoad(today: string, days: number): Count[] {
  const { indexes } = useStore();
  useTable("tasks"); // the indexes follow them
  return loadAhead(indexes, useTable("projects"), today, days);
}

/** Days as bars, in the words of the person's language. */
function useBars(counts: readonly Count[]): Bar[] {
  const { i18n } = useTranslation();
  const short = new Intl.DateTimeFormat(i18n.language, { day: "numeric", month: "short", timeZone: "UTC" });
  const long = new Intl.DateTimeFormat(i18n.language, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  return counts.map(({ key, count }) => {
    const day = new Date(`${key}T00:00:00Z`);
    return { key, label: short.format(day), name: long.format(day), value: count };
  });
}

function total(counts: readonly Count[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

function extremes(counts: readonly Count[]): { total: number; most: number } {
  return { total: total(counts), most: Math.max(0, ...counts.map(({ count }) => count)) };
}
