import { RouterProvider } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { client } from "../api/http";
import { useSession } from "../features/session/useSession";
import { mailLink } from "../features/session/mailLink";
import { makeRouter } from "../routes/router";
import { SyncedStore } from "../sync/SyncedStore";
import { FullPageNote } from "../ui/FullPageNote";
import { lazily, lazilyAtLast } from "../ui/lazily";
import { announce } from "./notices";

const loadPages = () => import("../features/session/pages");
const SignInPage = lazily(() => loadPages().then((pages) => pages.SignInPage), <Splash />);
const LinkPage = lazily(() => loadPages().then((pages) => pages.LinkPage), <Splash />);
const Reminders = lazilyAtLast(() => import("../features/reminders/Reminders").then((module) => module.Reminders));

type Boot = "waiting" | "done" | { failed: string };

/** Where a mail's link leads, the sign-in page or, once the cookie or the person has proved who it is, the shell. */
export function App() {
  const { boot, retry } = useBoot();
  const session = useSession();
  const [link, setLink] = useState(() => mailLink(window.location.hash));
  const leave = () => {
    window.history.replaceState(null, "", window.location.pathname);
    setLink(null);
  };
  if (link !== null && link.purpose !== "invitation") {
    const done = () => {
      leave();
      // It may have been read before: at worst the person is asked to verify until the next visit.
      if (session) client.reloadUser().catch(() => undefined);
    };
    return <LinkPage purpose={link.purpose} token={link.token} onDone={done} />;
  }
  // What this browser keeps is shown without waiting for the server.
  if (session) return <SignedIn key={session.user.id} user={session.user.id} />;
  if (boot === "waiting") return <Splash />;
  if (boot !== "done") {
    return (
      <FullPageNote title="No connection" text={boot.failed} action={{ label: "Try again", run: retry }} />
    );
  }
  return <SignInPage invitation={link?.token} onDone={leave} />;
}

/** Resumes the session that the browser's cookie stands for, if there is one. */
function useBoot(): { boot: Boot; retry: () => void } {
  const [boot, setBoot] = useState<Boot>("waiting");
  const resume = useCallback(() => {
    // Somebody whom this browser does not know will probably have to sign in.
    if (client.person() === null) void loadPages().catch(() => undefined);
    client.refresh().then(
      () => setBoot("done"),
      (error: unknown) => setBoot({ failed: error instanceof Error ? error.message : String(error) }),
    );
  }, []);
  useEffect(resume, [resume]);
  const retry = () => {
    setBoot("waiting");
    resume();
  };
  return { boot, retry };
}

function SignedIn({ user }: { user: string }) {
  const [router] = useState(makeRouter);
  return (
    <SyncedStore user={user} announce={announce}>
      <RouterProvider router={router} />
        <Reminders />
    </SyncedStore>
  );
}

function Splash() {
  return <div className="splash" role="status" aria-label="Loading" />;
}
