import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommandKeys, useCommands } from "../commands/registry";
import { AttentionNotice } from "../features/nav/Attention";
import { BottomTabs } from "../features/nav/BottomTabs";
import { ConnectionBadge } from "../features/nav/ConnectionBadge";
import { Nav } from "../features/nav/Nav";
import type { Addable } from "../features/nav/Sidebar";
import { PersonMenu } from "../features/session/PersonMenu";
import { useSession } from "../features/session/useSession";
import { ComposerDialog, LoadingRows, type Place } from "../features/task";
import { speak } from "../i18n/i18n";
import { useSettings, useZone } from "../store/hooks";
import { useConnection, useLoaded, useUndo } from "../sync/hooks";
import { dayOf } from "../time/due";
import { useNow } from "../time/useNow";
import { SidebarIcon } from "../ui/icons";
import { IconButton } from "../ui/IconButton";
import { Drawer } from "../ui/lazies";
import { fetchTheRest, lazily, lazilyAtLast, lazilyOpened } from "../ui/lazily";
import { useStored } from "../ui/stored";
import { focusToasts } from "../ui/Toasts";
import { hasToasts } from "../ui/toastStore";
import { narrow, useMedia } from "../ui/useMedia";
import styles from "./Frame.module.css";
import { TaskPane } from "./TaskPane";

const Palette = lazilyOpened(() => import("../commands/Palette").then((module) => module.Palette));
const HelpDialog = lazilyOpened(() => import("../commands/HelpDialog").then((module) => module.HelpDialog));
const AddDialog = lazily(() => import("../features/nav/PlaceDialog").then((module) => module.AddDialog));

const ChatButton = lazilyAtLast(() => import("./chat").then((module) => module.ChatButton));
const ChatPane = lazilyAtLast(() => import("./chat").then((module) => module.ChatPane));

const VerifyBanner = lazily(() => import("../features/session/VerifyBanner").then((module) => module.VerifyBanner));

type Overlay = "palette" | "help" | "task" | "browse" | Addable | null;

function addableOf(overlay: Overlay): Addable | null {
  return overlay === "project" || overlay === "filter" || overlay === "tag" ? overlay : null;
}

/** What stands around every screen: the places to go, and the task that is open. */
export function Frame() {
  const { t } = useTranslation(["nav", "ui"]);
  const loaded = useLoaded();
  const session = useSession();
  const place = usePlace();
  const connection = useConnection();
  const navigate = useNavigate();
  const [overlay, setOverlay] = useState<Overlay>(null);
  const [sidebar, setSidebar] = useStored("todo.sidebar");
  const oneColumn = useMedia(narrow);
  const hidden = sidebar === "hidden";
  const addable = addableOf(overlay);
  const close = () => setOverlay(null);
  const toggleSidebar = () => (oneColumn ? setOverlay("browse") : setSidebar(hidden ? "shown" : "hidden"));

  const locale = useSettings()?.locale;
  useEffect(() => {
    // It stays in the language that it has if the other cannot be loaded.
    if (locale !== undefined) speak(locale).catch(() => undefined);
  }, [locale]);

  useFrameCommands(setOverlay, toggleSidebar);
  useCommandKeys();
  useEffect(() => {
    if (loaded) fetchTheRest();
  }, [loaded]);
  if (!session) return null;

  const nav = (
    <Nav
      onAdd={setOverlay}
      foot={<ConnectionBadge state={connection.state} waiting={connection.waiting} />}
      head={
        <>
          <PersonMenu user={session.user} />
          <ChatButton />
          {!oneColumn && (
            <IconButton label={t("hideSidebar")} keys="[" onClick={toggleSidebar}>
              <SidebarIcon />
            </IconButton>
          )}
        </>
      }
    />
  );
  return (
    <div className={styles.frame} data-connection={connection.state}>
      <a className={styles.skip} href="#main">
        {t("skip")}
      </a>
      {!oneColumn && !hidden && <div className={styles.sidebar}>{nav}</div>}
      {!oneColumn && hidden && (
        <div className={styles.show}>
          <IconButton label={t("showSidebar")} keys="[" onClick={toggleSidebar}>
            <SidebarIcon />
          </IconButton>
        </div>
      )}
      <div className={styles.screen}>
        {session.user.emailVerificationRequired && <VerifyBanner user={session.user} />}
        <AttentionNotice />
        {loaded ? <Outlet /> : <LoadingRows label={t("ui:loading")} />}
      </div>
      {loaded && <TaskPane />}
      {loaded && <ChatPane />}
      {oneColumn && <BottomTabs onBrowse={() => setOverlay("browse")} />}
      <Drawer open={oneColumn && overlay === "browse"} onClose={close} title={t("browse")} side="start" bare>
        <div className={styles.browse} onClick={(event) => event.target instanceof Element && event.target.closest("a") && close()}>
          {nav}
        </div>
      </Drawer>
      <Palette open={loaded && overlay === "palette"} onClose={close} />
      <HelpDialog open={overlay === "help"} onClose={close} />
      <ComposerDialog open={loaded && overlay === "task"} place={place} onClose={close} />
      {loaded && addable && (
        <AddDialog
          kind={addable}
          onClose={close}
          onAdded={(made) => {
            if (made.kind === "project") void navigate({ to: "/p/$id", params: { id: made.id } });
            if (made.kind === "filter") void navigate({ to: "/filter/$id", params: { id: made.id } });
            if (made.kind === "tag") void navigate({ to: "/tag/$name", params: { name: made.name } });
          }}
        />
      )}
    </div>
  );
}

function useFrameCommands(open: (overlay: Overlay) => void, toggleSidebar: () => void): void {
  const navigate = useNavigate();
  const { last, undo } = useUndo();
  useCommands({
    addTask: () => open("task"),
    undo: { run: () => undo(), when: () => last !== null },
    palette: () => open("palette"),
    help: () => open("help"),
    addProject: () => open("project"),
    addFilter: () => open("filter"),
    addTag: () => open("tag"),
    toggleSidebar,
    search: () => void navigate({ to: "/search" }),
    goToday: () => void navigate({ to: "/today" }),
    goInbox: () => void navigate({ to: "/inbox" }),
    goUpcoming: () => void navigate({ to: "/upcoming" }),
    goDashboard: () => void navigate({ to: "/dashboard" }),
    goCompleted: () => void navigate({ to: "/completed" }),
    goActivity: () => void navigate({ to: "/activity" }),
    goTrash: () => void navigate({ to: "/trash" }),
    goNotices: { run: focusToasts, when: hasToasts },
    goSettings: () => void navigate({ to: "/settings/$section", params: { section: "account" } }),
  });
}

/** Where a task goes that is typed on the screen that is shown, unless it says so itself. */
function usePlace(): Place {
  const { pathname } = useLocation();
  const today = dayOf(useNow(), useZone());
  const [, screen, id] = pathname.split("/");
  return useMemo(() => {
    if (screen === "p" && id !== undefined) return { projectId: id };
    return screen === "today" ? { day: today } : {};
  }, [screen, id, today]);
}
