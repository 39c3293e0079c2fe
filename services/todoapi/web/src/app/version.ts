/** How often a page that stays open for days asks for a new version. */
const askEveryMs = 60 * 60_000;

/**
 * Keeps the app for offline starts, and calls offer when a new version of it is there: load
 * changes over to it, in all tabs. Nothing happens where browsers have no service workers (insecure
 * origins), or refuse them: then each visit loads the newest version.
 */
export async function watchVersion(offer: (load: () => void) => void): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!import.meta.env.PROD || !workers) return;
  const had = workers.controller !== null;
  const registration = await workers.register("/sw.js", { updateViaCache: "none" });
  const offered = new WeakSet<ServiceWorker>();
  const look = () => {
    const { waiting } = registration;
    if (!waiting || !workers.controller || offered.has(waiting)) return;
    offered.add(waiting);
    offer(() => waiting.postMessage("activate"));
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  // The first worker takes over a page that is as new as it is.
  workers.addEventListener("controllerchange", () => {
    if (had) window.location.reload();
  });
  const ask = () => {
    if (document.visibilityState === "visible") registration.update().catch(() => undefined); // offline: at the next turn
  };
  setInterval(ask, askEveryMs);
  document.addEventListener("visibilitychange", ask);
  look();
}
