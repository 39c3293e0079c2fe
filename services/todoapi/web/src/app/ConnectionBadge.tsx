import { useConnection } from "../sync/hooks";
import type { Connection } from "../sync/socket";

const words: Record<Connection, string> = {
  connecting: "Connecting…",
  live: "Live",
  offline: "Offline – trying again",
  refused: "Not in sync",
};

/** Tells whether what others do shows up here at once. */
export function ConnectionBadge() {
  const { state, waiting } = useConnection();
  return (
    <p className={`connection ${state}`} role="status">
      <span className="connection-dot" />
      <span className="connection-words">{words[state]}{waiting > 0 && ` (${waiting} waiting)`}</span>
    </p>
  );
}
