import { useMemo, useSyncExternalStore } from "react";
import { client } from "../../api/http";
import type { Session } from "../../api/types";

/** Whose window this is; null while nobody is signed in. Without the network it is who was so last. */
export function useSession(): Pick<Session, "user"> | null {
  const user = useSyncExternalStore(client.subscribe, client.person);
  return useMemo(() => user && { user }, [user]);
}
