import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/http";
import type { User } from "../../api/types";
import { useBindings } from "../../commands/bindings";
import { runCommand, useCommands } from "../../commands/registry";
import { useLeaving } from "../../sync/hooks";
import { setTheme, type Theme, useAppearance } from "../../ui/appearance";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ChevronDownIcon, KeyboardIcon, LinkIcon, SettingsIcon, SignOutIcon } from "../../ui/icons";
import { Menu, MenuChoice, MenuGroup, MenuItem, MenuLink, MenuSeparator } from "../../ui/Menu";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import { showToast } from "../../ui/toastStore";
import styles from "./session.module.css";

/** Whose page it is, and what concerns that person. */
export function PersonMenu({ user }: { user: User }) {
  const { t } = useTranslation("nav");
  const { theme } = useAppearance();
  const bindings = useBindings();
  const { unsent, wipe } = useLeaving();
  const [lost, setLost] = useState(0);
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
      <Menu
        trigger={
          <button type="button" className={styles.person}>
            <VisuallyHidden>{t("account", { email: user.email })}</VisuallyHidden>
            <Avatar name={user.email} />
            <span className={styles.personName} aria-hidden="true">{user.email.split("@")[0]}</span>
            <ChevronDownIcon />
          </button>
        }
      >
        <MenuGroup label={user.email}>
          <MenuLink icon={<SettingsIcon />} keys={bindings.get("goSettings")} link={<Link to="/settings/$section" params={{ section: "account" }} />}>
            {t("settings")}
          </MenuLink>
          <MenuItem icon={<KeyboardIcon />} keys={bindings.get("help")} onSelect={() => runCommand("help")}>
            {t("help")}
          </MenuItem>
          <MenuLink icon={<LinkIcon />} link={<a href="/api/v1/docs" target="_blank" rel="noreferrer" />}>
            {t("api")}
          </MenuLink>
        </MenuGroup>
        <MenuSeparator />
        <MenuChoice<Theme>
          label={t("theme")}
          value={theme}
          onChange={setTheme}
          options={[
            { value: "system", label: t("themeSystem") },
            { value: "light", label: t("themeLight") },
            { value: "dark", label: t("themeDark") },
          ]}
        />
        <MenuSeparator />
        <MenuItem icon={<SignOutIcon />} onSelect={signOut}>
          {t("signOut")}
        </MenuItem>
      </Menu>
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
