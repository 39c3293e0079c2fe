import { type RefObject, useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { type Bindings, useBindings } from "./bindings";
import { catalogue, type CommandId, repeating, typing } from "./catalogue";
import { matcherOf } from "./matcher";
import { isForPage, pressOf } from "./press";
import { typeAhead } from "./typeAhead";

/** What a command does here, and when it can be done. */
export type Handler = (() => void) | { run: () => void; when: () => boolean };
export type Handlers = Partial<Record<CommandId, Handler>>;

interface Offer {
  handlers: Handlers;
  /** What is offered within something alone is offered while the focus is there, and then comes first. */
  within: RefObject<Element | null> | undefined;
}

/** Who offers commands now. The later one comes first. */
let offers: readonly { current: Offer }[] = [];
const listeners = new Set<() => void>();

function setOffers(next: typeof offers): void {
  offers = next;
  for (const listener of listeners) listener();
}

/** Offers commands while the calling component is shown, or while the focus is within a part of it. */
export function useCommands(handlers: Handlers, within?: RefObject<Element | null>): void {
  const offer = useRef<Offer>({ handlers: {}, within });
  useEffect(() => {
    offer.current = { handlers, within };
  });
  useEffect(() => {
    setOffers([offer, ...offers]);
    return () => setOffers(offers.filter((other) => other !== offer));
  }, []);
}

function find(id: CommandId): (() => void) | undefined {
  const hasFocus = ({ current: { within } }: (typeof offers)[number]) => within?.current?.contains(document.activeElement) === true;
  const anywhere = offers.filter(({ current: { within } }) => within === undefined);
  for (const { current } of [...offers.filter(hasFocus), ...anywhere]) {
    const handler = current.handlers[id];
    if (typeof handler === "function") return handler;
    if (handler?.when()) return handler.run;
  }
  return undefined;
}

/** Runs a command, if it can be done now. */
export function runCommand(id: CommandId): boolean {
  const run = find(id);
  run?.();
  return run !== undefined;
}

/** The commands that can be done as the calling component is drawn. */
export function useOffered(): readonly CommandId[] {
  const offered = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => offers,
  );
  return useMemo(() => (offered.length === 0 ? [] : catalogue.map(({ id }) => id).filter((id) => find(id) !== undefined)), [offered]);
}

/** Runs commands by their keys. The page calls it once. */
export function useCommandKeys(): void {
  const bindings = useBindings();
  useEffect(() => {
    const listen = listenerOf(bindings);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [bindings]);
}

function listenerOf(bindings: Bindings): (event: KeyboardEvent) => void {
  const match = matcherOf(bindings);
  return (event) => {
    if (!isForPage(event)) return;
    const press = pressOf({ ...fieldsOf(event), altGraph: event.getModifierState("AltGraph") });
    const id = match(new KeyboardEvent("keydown", { ...press, code: "Unidentified" }));
    if (id === undefined || (event.repeat && !repeating.has(id))) return;
    const before = document.activeElement;
    if (!runCommand(id)) return;
    event.preventDefault();
    if (typing.has(id) && document.activeElement === before) typeAhead();
  };
}

function fieldsOf({ key, code, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent) {
  return { key, code, ctrlKey, metaKey, altKey, shiftKey };
}
