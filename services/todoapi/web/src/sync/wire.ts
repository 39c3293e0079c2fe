import type { Hello } from "./frames";

/** What a wire brings, until it is closed from here. */
export interface WireHandlers {
  /** The text of one frame, as it came. */
  onFrame: (text: string) => void;
  /** It is over. code is the server's, or any other when the connection was lost. */
  onClose: (code: number) => void;
}

/** Brings the frames of one connection, whatever carries them. */
export interface Wire {
  close: () => void;
}

/** Opens a connection for which the server is told hello. May throw where the browser forbids it. */
export type OpenWire = (hello: Hello, handlers: WireHandlers) => Wire;

/** How to connect. */
export type Way = "socket" | "stream";

/** Opens WebSockets. */
export function socketsAt(url: string): OpenWire {
  return (hello, { onFrame, onClose }) => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.send(JSON.stringify(hello));
    socket.onmessage = ({ data }) => onFrame(String(data));
    socket.onclose = ({ code }) => onClose(code);
    return socket;
  };
}
