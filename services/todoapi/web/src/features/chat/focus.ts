/** How long is waited for what is to have the focus, in milliseconds. */
const patienceMs = 3_000;

/** Gives the focus to something as soon as it is there: it may have to be drawn or fetched first. */
export function focusSoon(selector: string): void {
  const focus = () => {
    const found = [...document.querySelectorAll<HTMLElement>(selector)].find((element) => element.checkVisibility());
    found?.focus();
    return found !== undefined;
  };
  // What is there now may go with what is about to be drawn.
  setTimeout(() => {
    if (focus()) return;
    const observer = new MutationObserver(() => focus() && observer.disconnect());
    observer.observe(document.body, { childList: true, subtree: true, attributes: true });
    setTimeout(() => observer.disconnect(), patienceMs);
  });
}

/** The line of the chat, by what it is found. */
export const chatLine = "[data-chat-line]";
