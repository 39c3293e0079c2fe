import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/http";
import type { User } from "../../api/types";
import { useCommands } from "../../commands/registry";
import { useLeaving } from "../../sync/hooks";
import { setTheme } from "../../ui/appearance";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { ChevronDownIcon } from "../../ui/icons";
import { Dialog } from "../../ui/lazies";
import { lazilyOpened } from "../../ui/lazily";
import { showToast } from "../../ui/toastStore";
import { useMenuButton } from "../../ui/useMenuButton";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import styles from "./session.module.css";

const PersonMenuItems = lazilyOpened(() => import("./PersonMenuItems").then((module) => module.PersonMenuItems));

/** Whose page it is, and what concerns that person. */
export function PersonMenu({ user }: { user: User }) {
  const { t } = useTranslation("nav");
  const { unsent, wipe } = useLeaving();
  const [lost, setLost] = useState(0);
  const { button, menu } = useMenuButton();
  const leave = async () => {
    await wipe();
    client.signOut().catch(() => showToast({ tone: "error", message: t("signOutFailed") }));
  };
  const signOut = () => {
    if (unsent() > 0) setLost(unsent());
    else void leave();
  };
  useCommands({
    signOut,
    themeLight: () => setTheme("light"),
    themeDark: () => setTheme("dark"),
    themeSystem: () => setTheme("system"),
  });
  return (
    <>
      <button type="button" className={styles.person} {...button}>
        <VisuallyHidden>{t("account", { email: user.email })}</VisuallyHidden>
        <Avatar name={user.email} />
        <span className={styles.personName} aria-hidden="true">{user.email.split("@")[0]}</span>
        <ChevronDownIcon />
      </button>
      <PersonMenuItems email={user.email} {...menu} />
      <Dialog
        open={lost > 0}
        onClose={() => setLost(0)}
        size="small"
        title={t("signOutTitle")}
        description={t("signOutText", { count: lost })}
        actions={
          <>
            <Button onClick={() => setLost(0)}>{t("cancel")}</Button>
            <Button variant="danger" onClick={() => void leave()}>
              {t("signOut")}
            </Button>
          </>
        }
      />
    </>
  );
}
