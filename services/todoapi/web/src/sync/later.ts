/** The longest that work waits for a picture: a window that was hidden meanwhile draws none. */
const limitMs = 250;

/** Runs work before the next picture or, in a hidden window, whose timers are slow, as soon as possible. */
export function later(work: () => void): void {
  if (document.hidden) {
    soon(work);
    return;
  }
  const run = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    work();
  };
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, limitMs);
}

function soon(work: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    work();
  };
  port2.postMessage(null);
}
