import { useMemo, useState } from "react";
import type { Command } from "../commands/legacyCommand";
import { useCommandKeys, useCommands } from "../commands/legacyRegistry";
import { ActivityPanel } from "../features/activity/ActivityPanel";
import { AccountMenu } from "../features/session/AccountMenu";
import { VerifyBanner } from "../features/session/VerifyBanner";
import { useSession } from "../features/session/useSession";
import { TasksPage } from "../features/tasks/TasksPage";
import { useConnection } from "../sync/hooks";
import { ActivityIcon, KeyboardIcon, Logo } from "../ui/icons";
import { ConnectionBadge } from "./ConnectionBadge";
import { HelpDialog } from "./HelpDialog";
import "./Shell.css";

type Panel = "activity" | "help" | null;

/** The frame of the page for a person who is signed in. */
export function Shell() {
  const session = useSession();
  const { why } = useConnection();
  const [panel, setPanel] = useState<Panel>(null);
  const commands = useMemo<Command[]>(
    () => [
      { id: "activity", label: "Show activity", key: "a", run: () => setPanel("activity") },
      { id: "help", label: "Show these keys", key: "?", run: () => setPanel("help") },
    ],
    [],
  );
  useCommands(commands);
  useCommandKeys();
  if (!session) return null;

  return (
    <>
      <header className="top">
        <div className="brand">
          <Logo />
          <h1>TodoPlatform</h1>
        </div>
        <ConnectionBadge />
        <nav className="top-end" aria-label="Main">
          <button type="button" className="button quiet" onClick={() => setPanel("activity")}>
            <ActivityIcon />
            <span className="wide-only">Activity</span>
          </button>
          <button
            type="button"
            className="button quiet square wide-only"
            aria-label="Keyboard shortcuts"
            onClick={() => setPanel("help")}
          >
            <KeyboardIcon />
          </button>
          <AccountMenu user={session.user} />
        </nav>
      </header>
      {why && (
        <p className="refusal" role="alert">
          {why}
        </p>
      )}
      <VerifyBanner user={session.user} />
      <TasksPage />
      {panel === "activity" && <ActivityPanel onClose={() => setPanel(null)} />}
      {panel === "help" && <HelpDialog onClose={() => setPanel(null)} />}
    </>
  );
}
