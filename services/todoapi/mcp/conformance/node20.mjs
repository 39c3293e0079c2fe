// Lets Node 20 load the suite, which imports fs.globSync of Node 22 and calls it in no test of a server.
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  register(import.meta.url); // hooks run in a thread of their own
}

const fs = 'export * from "node:fs"; export { default } from "node:fs"; export const globSync = undefined;';

export function resolve(specifier, context, next) {
  return specifier === "fs" ? { url: `data:text/javascript,${encodeURIComponent(fs)}`, shortCircuit: true } : next(specifier, context);
}
