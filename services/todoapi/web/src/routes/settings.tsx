import { useParams } from "@tanstack/react-router";
import { useSession } from "../features/session/useSession";
import { Settings } from "../features/settings/Settings";
import { asksServer } from "../sync/asksServer";

export const SettingsScreen = asksServer(function SettingsScreen() {
  const session = useSession();
  const { section } = useParams({ strict: false });
  return session && <Settings account={session.user} section={section} />;
});
