import { useTranslation } from "react-i18next";
import { Link, useLocation } from "@tanstack/react-router";
import { runCommand } from "../../commands/registry";
import { BrowseIcon, InboxIcon, PlusIcon, TodayIcon, UpcomingIcon } from "../../ui/icons";
import styles from "./nav.module.css";

/** The places of the page in reach of a thumb. */
export function BottomTabs({ onBrowse }: { onBrowse: () => void }) {
  const { t } = useTranslation("nav");
  const elsewhere = /^\/(settings|chat)/.test(useLocation().pathname);
  const current = { "aria-current": "page" } as const;
  return (
    <>
      {/* Where there are no tasks, it would only lie on what is. */}
      {!elsewhere && (
        <button type="button" className={styles.roundAdd} aria-label={t("addTask")} onClick={() => runCommand("addTask")}>
          <PlusIcon />
        </button>
      )}
      <nav className={styles.tabs} aria-label={t("main")}>
        <Link to="/today" className={styles.tab} activeProps={current} activeOptions={{ includeSearch: false }}>
          <TodayIcon />
          {t("today")}
        </Link>
        <Link to="/inbox" className={styles.tab} activeProps={current} activeOptions={{ includeSearch: false }}>
          <InboxIcon />
          {t("inbox")}
        </Link>
        <Link to="/upcoming" className={styles.tab} activeProps={current} activeOptions={{ includeSearch: false }}>
          <UpcomingIcon />
          {t("upcoming")}
        </Link>
        <button type="button" className={styles.tab} onClick={onBrowse}>
          <BrowseIcon />
          {t("browse")}
        </button>
      </nav>
    </>
  );
}
