import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useMemo, useState } from "react";
import { client } from "../api/http";
import { StoreProvider } from "../store/hooks";
import type { Event } from "../store/reduce";
import { deviceZone } from "../time/useNow";
import { later } from "./later";
import type { Announce } from "./notice";
import { remoteOf } from "./remote";
import { streamsAt } from "./stream";
import { Sync } from "./sync";
import { openTabs } from "./tabs";
import { socketsAt } from "./wire";

interface Synced {
  sync: Sync;
  announce: Announce;
}

const Context = createContext<Synced | null>(null);

export function useSynced(): Synced {
  const synced = useContext(Context);
  if (!synced) throw new Error("there is no SyncedStore here");
  return synced;
}

export interface SyncedStoreProps {
  /** The id of the person who is signed in. It must not change: give the component the person as key. */
  user: string;
  /** Tells the person what was done, with a way to undo it, and what could not be done. */
  announce: Announce;
  children: ReactNode;
}

/** All that a person who is signed in sees lives in one of these. */
export function SyncedStore({ user, announce, children }: SyncedStoreProps) {
  const [sync] = useState(() => syncOf(user));
  useEffect(() => running(sync), [sync]);

  const complain = useEffectEvent((event: Event) => complainOf(sync, event, announce));
  useEffect(() => sync.store.onEvent((event) => complain(event)), [sync]);

  const synced = useMemo(() => ({ sync, announce }), [sync, announce]);
  return (
    <Context value={synced}>
      <StoreProvider store={sync.store}>{children}</StoreProvider>
    </Context>
  );
}

function syncOf(user: string): Sync {
  return new Sync({
    user,
    remote: remoteOf(client, user),
    tabs: openTabs,
    open: { socket: socketsAt(`${window.location.origin.replace(/^http/, "ws")}/realtime/v1/socket`), stream: streamsAt("/realtime/v1/events") },
    now: Date.now,
    random: Math.random,
    later,
    zone: deviceZone(),
  });
}

/** Runs sync until the returned function is called. */
function running(sync: Sync): () => void {
  const wake = () => {
    if (document.visibilityState === "visible") sync.wake();
  };
  // Until then the page asks a person to verify what is verified: no harm if it fails.
  const ignore = sync.onAccount(() => void client.reloadUser().catch(() => undefined));
  sync.start();
  window.addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  return () => {
    ignore();
    window.removeEventListener("online", wake);
    document.removeEventListener("visibilitychange", wake);
    sync.stop();
  };
}

/** Tells who did something in this window that it could not be done. */
function complainOf({ history }: Sync, event: Event, announce: Announce): void {
  if (event.type !== "refuse" && event.type !== "conflict") return;
  const label = history.labelOf(event.id);
  if (label === undefined) return;
  history.remove(event.id);
  if (event.type === "refuse") announce({ kind: "refused", opId: event.id, label, message: event.refusal.message });
  else announce({ kind: "conflict", opId: event.id, label });
}
