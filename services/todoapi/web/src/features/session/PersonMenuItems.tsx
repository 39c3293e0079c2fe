import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useBindings } from "../../commands/bindings";
import { runCommand } from "../../commands/registry";
import { setTheme, type Theme, useAppearance } from "../../ui/appearance";
import { Menu, MenuChoice, MenuGroup, MenuItem, MenuLink, MenuSeparator } from "../../ui/Menu";
import { KeyboardIcon, LinkIcon, SettingsIcon, SignOutIcon } from "../../ui/moreIcons";
import type { MenuProps } from "../../ui/useMenuButton";

/** The menu of the person. */
export function PersonMenuItems({ email, ...menu }: MenuProps & { email: string }) {
  const { t } = useTranslation("nav");
  const { theme } = useAppearance();
  const bindings = useBindings();
  return (
    <Menu {...menu}>
      <MenuGroup label={email}>
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
      <MenuItem icon={<SignOutIcon />} onSelect={() => runCommand("signOut")}>
        {t("signOut")}
      </MenuItem>
    </Menu>
  );
}
