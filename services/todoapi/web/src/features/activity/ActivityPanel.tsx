import { Dialog } from "../../ui/legacy/Dialog";
import { useActivity } from "./api";
import { type AuditEntry, describeRecord } from "./entry";
import "./ActivityPanel.css";

export function ActivityPanel({ onClose }: { onClose: () => void }) {
  const { data: entries, error } = useActivity();
  return (
    <Dialog title="Activity" shape="sheet" onClose={onClose}>
      {entries ? (
        <Log entries={entries} />
      ) : (
        <p className="activity-note" role="status">
          {error ? `The log did not load. ${error.message}` : "Loading…"}
        </p>
      )}
    </Dialog>
  );
}

function Log({ entries }: { entries: AuditEntry[] }) {
  if (entries.length === 0) return <p className="activity-note">Nothing has happened yet.</p>;
  return (
    <ol className="activity" tabIndex={0} aria-label="What happened, the latest first">
      {entries.map(({ position, record }) => {
        const { verb, title, by } = describeRecord(record);
        return (
          <li key={position} className={`event ${record.type.replace(".", "-")}`}>
            <span className="event-text">
              {verb} {title !== "" && <strong>{title}</strong>} {by}
            </span>
            <time className="event-time" dateTime={record.at}>
              {moment.format(new Date(record.at))}
            </time>
          </li>
        );
      })}
    </ol>
  );
}

const moment = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
