import { useSyncExternalStore } from "react";
import { client } from "../../api/http";
import type { Session } from "../../api/types";

/** The session of this window; null while nobody is signed in. */
export function useSession(): Session | null {
  return useSyncExternalStore(client.subscribe, client.current);
}
