import type { ComponentType } from "react";
import type { User } from "../../api/types";
import { BellIcon, CalendarIcon, DashboardIcon } from "../../ui/icons";
import { DeviceIcon, DownloadIcon, GlobeIcon, KeyboardIcon, KeyIcon, LinkIcon, ArchiveIcon, SunIcon, UploadIcon, UserIcon } from "../../ui/moreIcons";
import { Account } from "./sections/Account";
import { Appearance } from "./sections/Appearance";
import { CalendarFeed } from "./sections/CalendarFeed";
import { Export } from "./sections/Export";
import { General } from "./sections/General";
import { Import } from "./sections/Import";
import { Keys } from "./sections/Keys";
import { Notifications } from "./sections/Notifications";
import { Platform } from "./sections/Platform";
import { Sessions } from "./sections/Sessions";
import { Storage } from "./sections/Storage";
import { Tokens } from "./sections/Tokens";
import { Webhooks } from "./sections/Webhooks";

export interface SectionProps {
  account: User;
}

interface Place {
  id: string;
  icon: ComponentType;
  content: ComponentType<SectionProps>;
}

const person = [
  { id: "account", icon: UserIcon, content: Account },
  { id: "general", icon: GlobeIcon, content: General },
  { id: "appearance", icon: SunIcon, content: Appearance },
  { id: "keys", icon: KeyboardIcon, content: Keys },
  { id: "notifications", icon: BellIcon, content: Notifications },
] as const satisfies readonly Place[];

const access = [
  { id: "sessions", icon: DeviceIcon, content: Sessions },
  { id: "tokens", icon: KeyIcon, content: Tokens },
  { id: "webhooks", icon: LinkIcon, content: Webhooks },
  { id: "calendar", icon: CalendarIcon, content: CalendarFeed },
] as const satisfies readonly Place[];

const data = [
  { id: "import", icon: UploadIcon, content: Import },
  { id: "export", icon: DownloadIcon, content: Export },
  { id: "storage", icon: ArchiveIcon, content: Storage },
] as const satisfies readonly Place[];

const platform = [{ id: "platform", icon: DashboardIcon, content: Platform }] as const satisfies readonly Place[];

/** The sections of the settings as they stand in the list, for one who may see them. */
export function placesOf({ owner }: User) {
  const groups = [
    { id: "person", places: person },
    { id: "access", places: access },
    { id: "data", places: data },
  ] as const;
  return owner ? ([...groups, { id: "owners", places: platform }] as const) : groups;
}
