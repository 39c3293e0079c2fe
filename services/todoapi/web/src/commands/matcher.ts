import { createKeybindingsHandler } from "tinykeys";
import type { Bindings } from "./bindings";
import type { CommandId } from "./catalogue";

/** Tells which command is meant by the keys that were pressed so far, with the one that is pressed now. */
export function matcherOf(bindings: Bindings): (press: KeyboardEvent) => CommandId | undefined {
  const pressed: CommandId[] = [];
  // The first that matches is meant: "g t" comes before what "t" is by itself.
  const handlers = Object.fromEntries(longestFirst(bindings).map(([id, keys]) => [keys, () => pressed.push(id)]));
  const anew = () => createKeybindingsHandler(handlers, { ignore: () => false });
  let match = anew();
  return (press) => {
    match(press);
    const meant = pressed.pop();
    // It would wait on for the others that begin alike: after "g t", an "i" would be "g i".
    if (meant !== undefined) match = anew();
    return meant;
  };
}

function longestFirst(bindings: Bindings): [CommandId, string][] {
  return [...bindings].sort(([, one], [, other]) => other.split(" ").length - one.split(" ").length);
}
