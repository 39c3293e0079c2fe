import * as Menu from "@radix-ui/react-dropdown-menu";
import { client } from "../../api/http";
import type { User } from "../../api/types";
import { useLeaving } from "../../sync/hooks";
import { UserIcon } from "../../ui/icons";
import { showToast } from "../../ui/toastStore";

export function AccountMenu({ user }: { user: User }) {
  const { unsent, wipe } = useLeaving();
  const signOut = async () => {
    const waiting = unsent();
    if (waiting > 0 && !window.confirm(`${waiting} of your changes were not sent yet. Sign out and lose them?`)) return;
    await wipe();
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
          <Menu.Item className="menu-item" onSelect={() => void signOut()}>
            Sign out
          </Menu.Item>
        </Menu.Content>
    </Menu.Root>
  );
}
