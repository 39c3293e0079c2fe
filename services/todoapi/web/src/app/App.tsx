import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { client, isTransient } from "../api/http";
import { Reminders } from "../features/reminders/Reminders";
import { SignInPage } from "../features/session/SignInPage";
import { useSession } from "../features/session/useSession";
import { mailLink } from "../features/session/mailLink";
import { LoadingRows } from "../features/task";
import { makeRouter } from "../routes/router";
import { SyncedStore } from "../sync/SyncedStore";
import { FullPageNote } from "../ui/FullPageNote";
import { ResetPage } from "../features/session/ResetPage";
import { announce } from "./notices";
import { VerifyPage } from "../features/session/VerifyPage";

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
    const Page = link.purpose === "verify-email" ? VerifyPage : ResetPage;
    return <Page token={link.token} onDone={done} />;
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

/** Each person gets a cache of their own: signing out leaves nothing for the next. */
function SignedIn({ user }: { user: string }) {
  const { t } = useTranslation("ui");
  const [router] = useState(makeRouter);
  const [cache] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: { retry: (failures, error) => failures < 3 && isTransient(error) },
          // A write is tried while the browser believes to be offline too: it is often wrong.
          mutations: { networkMode: "always" },
        },
      }),
  );
  return (
    <QueryClientProvider client={cache}>
      <SyncedStore user={user} announce={announce} skeleton={<LoadingRows label={t("loading")} />}>
        <Reminders />
        <RouterProvider router={router} />
      </SyncedStore>
    </QueryClientProvider>
  );
}

function Splash() {
  return <div className="splash" role="status" aria-label="Loading" />;
}
