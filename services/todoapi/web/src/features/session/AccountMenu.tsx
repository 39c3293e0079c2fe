import * as Menu from "@radix-ui/react-dropdown-menu";
import { client } from "../../api/http";
import type { User } from "../../api/types";
import { UserIcon } from "../../ui/icons";
import { showToast } from "../../ui/toastStore";

export function AccountMenu({ user }: { user: User }) {
  const signOut = () => {
    client.signOut().catch(() => {
      showToast({ tone: "error", message: "Signed out here, but the server did not answer." });
    });
  };
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="button quiet square" aria-label="Account">
        <UserIcon />
      </Menu.Trigger>
        <Menu.Content className="menu" align="end" sideOffset={6}>
          <Menu.Label className="menu-label">{user.email}</Menu.Label>
          <Menu.Separator className="menu-line" />
          <Menu.Item className="menu-item" asChild>
            <a href="/api/v1/docs" target="_blank" rel="noreferrer">
              The API, for programs
            </a>
          </Menu.Item>
          <Menu.Item className="menu-item" onSelect={signOut}>
            Sign out
          </Menu.Item>
        </Menu.Content>
    </Menu.Root>
  );
}
