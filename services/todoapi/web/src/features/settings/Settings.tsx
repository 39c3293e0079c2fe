import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { User } from "../../api/types";
import english from "../../i18n/en/settings.json";
import { addEnglish } from "../../i18n/i18n";
import { ChevronIcon } from "../../ui/icons";
import { ChevronLeftIcon } from "../../ui/moreIcons";
import { Page } from "../../ui/Page";
import { narrow, useMedia } from "../../ui/useMedia";
import { placesOf } from "./places";
import styles from "./settings.module.css";

addEnglish("settings", english);

interface SettingsProps {
  account: User;
  /** Which section is shown; absent: the list of them, where there is room for one column alone. */
  section?: string | undefined;
}

/** All that somebody can decide about the page, the account and the data. */
export function Settings({ account, section }: SettingsProps) {
  const { t } = useTranslation("settings");
  const oneColumn = useMedia(narrow);
  const places = placesOf(account).flatMap<ReturnType<typeof placesOf>[number]["places"][number]>((group) => [...group.places]);
  const place = places.find(({ id }) => id === section);
  if (oneColumn && section === undefined) return <SectionList account={account} />;
  const Content = place?.content;
  return (
    <div className={styles.layout}>
      {!oneColumn && <SectionNav account={account} />}
      <Page
        title={place ? t(`${place.id}.title`) : t("title")}
        {...(oneColumn && { sign: <BackLink /> })}
      >
        <div className={styles.content}>{Content ? <Content account={account} /> : <p className={styles.soft}>{t("noSection")}</p>}</div>
      </Page>
    </div>
  );
}

function BackLink() {
  const { t } = useTranslation("settings");
  return (
    <Link to="/settings" className={styles.back} aria-label={t("back")}>
      <ChevronLeftIcon />
    </Link>
  );
}

function SectionNav({ account }: { account: User }) {
  const { t } = useTranslation("settings");
  return (
    <nav className={styles.nav} aria-label={t("title")}>
      {placesOf(account).map((group) => (
        <div key={group.id} className={styles.navGroup}>
          <h2 className={styles.navTitle}>{t(`groups.${group.id}`)}</h2>
          {group.places.map(({ id, icon: Icon }) => (
            <Link key={id} to="/settings/$section" params={{ section: id }} className={styles.navLink} activeProps={{ "aria-current": "page" }} activeOptions={{ includeSearch: false }}>
              <Icon />
              {t(`${id}.title`)}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}

/** The sections as a page of its own: for phones. */
function SectionList({ account }: { account: User }) {
  const { t } = useTranslation("settings");
  return (
    <Page title={t("title")}>
      <nav className={styles.list} aria-label={t("title")}>
        {placesOf(account).map((group) => (
          <div key={group.id}>
            <h2 className={styles.navTitle}>{t(`groups.${group.id}`)}</h2>
            <div className={styles.card}>
              {group.places.map(({ id, icon: Icon }) => (
                <Link key={id} to="/settings/$section" params={{ section: id }} className={styles.listLink}>
                  <Icon />
                  <span className={styles.listWords}>
                    {t(`${id}.title`)}
                    <small>{t(`${id}.about`)}</small>
                  </span>
                  <ChevronIcon />
                </Link>
              ))}
            </div>
          </div>
        ))}
      </nav>
    </Page>
  );
}
