import { closeCodes } from "./frames";
import type { OpenWire } from "./wire";

/** Opens streams of Server-Sent Events. EventSource would put the ticket into the address, which is logged on the way. */
export function streamsAt(url: string): OpenWire {
  return (hello, { onFrame, onClose }) => {
    const leaving = new AbortController();
    const { signal } = leaving;
    // Few need one, so what reads it is fetched by then.
    void import("./eventStream")
      .then(({ follow }) => follow(url, hello, onFrame, signal))
      .catch(() => closeCodes.lost)
      .then((code) => {
        if (!signal.aborted) onClose(code);
      });
    return { close: () => leaving.abort() };
  };
}
