import { useTranslation } from "react-i18next";
import type { Line, Report } from "../../../api/generated/types.gen.ts";
import { useViewer } from "../../../store/hooks";
import { Badge } from "../../../ui/Badge";
import { sentenceOf } from "../faults";
import { Note } from "../parts";
import styles from "../settings.module.css";

/** How many lines are shown of a list that nobody reads to its end. */
const shown = 200;

/** What became of a file, or what would. */
export function ImportReport({ report }: { report: Report }) {
  const { t } = useTranslation("settings");
  const remarkable = report.lines.filter(isRemarkable);
  const others = report.lines.filter((line) => !isRemarkable(line));
  return (
    <>
      <CountTable report={report} />
      {report.notes.length > 0 && (
        <Note>
          <ul>
            {report.notes.map((note) => (
              <li key={note}>{sentenceOf(note)}</li>
            ))}
          </ul>
        </Note>
      )}
      {remarkable.length > 0 && (
        <div>
          <h3 className={styles.legend}>{t("import.remarkable", { count: remarkable.length })}</h3>
          <Lines lines={remarkable} />
        </div>
      )}
      {others.length > 0 && (
        <details className={styles.details}>
          <summary>{t("import.others", { count: others.length })}</summary>
          <Lines lines={others} />
        </details>
      )}
      {report.moreLines > 0 && <p className={styles.soft}>{t("import.moreLines", { count: report.moreLines })}</p>}
    </>
  );
}

/** Left out, or other than in the file. */
function isRemarkable({ outcome, reason }: Line): boolean {
  return outcome === "leftOut" || (reason ?? "") !== "";
}

function CountTable({ report }: { report: Report }) {
  const { t } = useTranslation("settings");
  const { locale } = useViewer();
  const number = new Intl.NumberFormat(locale);
  const cell = (count: number, bad = false) => <td className={count === 0 ? styles.zero : bad ? styles.bad : undefined}>{number.format(count)}</td>;
  return (
    <table className={styles.counts}>
      <thead>
        <tr>
          <th scope="col">{t("import.kindHead")}</th>
          <th scope="col">{report.dryRun ? t("import.willAdd") : t("import.added")}</th>
          <th scope="col">{t("import.there")}</th>
          <th scope="col">{t("import.leftOut")}</th>
        </tr>
      </thead>
      <tbody>
        {report.counts
          .filter(({ added, there, leftOut }) => added + there + leftOut > 0)
          .map(({ kind, added, there, leftOut }) => (
            <tr key={kind}>
              <th scope="row">{t(`import.kind.${kind}`)}</th>
              {cell(added)}
              {cell(there)}
              {cell(leftOut, true)}
            </tr>
          ))}
      </tbody>
    </table>
  );
}

const tones = { added: "good", there: "plain", leftOut: "danger" } as const;

function Lines({ lines }: { lines: readonly Line[] }) {
  const { t } = useTranslation("settings");
  return (
    <ul className={styles.lines} tabIndex={0} aria-label={t("import.lines")}>
      {lines.slice(0, shown).map((line, nth) => (
        // One line of a table may stand for a project, those above it and a task.
        <li key={nth} className={styles.line}>
          <span className={styles.lineHead}>
            <Badge tone={tones[line.outcome]}>{t(`import.outcome.${line.outcome}`)}</Badge>
            {line.name || t(`import.kind.${line.kind}`)}
            <small className={styles.soft}>{line.at}</small>
          </span>
          {(line.reason ?? "") !== "" && <span className={styles.lineWhy}>{line.reason}</span>}
        </li>
      ))}
      {lines.length > shown && <li className={styles.line}>{t("import.moreLines", { count: lines.length - shown })}</li>}
    </ul>
  );
}

/** How many objects a report counts with an outcome. */
export function total(report: Report, outcome: Line["outcome"]): number {
  return report.counts.reduce((sum, count) => sum + count[outcome], 0);
}
