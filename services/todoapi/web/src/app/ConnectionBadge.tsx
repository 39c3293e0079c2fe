import type { Connection } from "../live/socket";

const words: Record<Connection, string> = {
  connecting: "Connecting…",
  live: "Live",
  offline: "Offline – trying again",
  refused: "Not in sync",
};

/** Tells whether what others do shows up here at once. */
export function ConnectionBadge({ connection }: { connection: Connection }) {
  return (
    <p className={`connection ${connection}`} role="status">
      <span className="connection-dot" />
      <span className="connection-words">{words[connection]}</span>
    </p>
  );
}
