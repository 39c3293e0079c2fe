import "fake-indexeddb/auto";
import { openDB } from "idb";
import { expect, test } from "vitest";
import { createTask, newId } from "../store/acts";
import { type Entities, nothing, type Op } from "../store/model";
import { settingsOf, taskOf } from "../testing/factories";
import { type Kept, Storage } from "./storage";

function kept(head: number, ...ids: string[]): Kept {
  const tasks: Entities["tasks"] = new Map(ids.map((id) => [id, taskOf({ id, title: `as of ${head}` })]));
  return { base: { ...nothing, settings: settingsOf({}), tasks }, head };
}

const none = new Map<string, Op | null>();

test("what was written is read again", async () => {
  const storage = await Storage.open(newId());
  expect([await storage.load(0), await storage.ops()]).toEqual([null, []]);
  await storage.write({ ops: none, groups: new Map([["op", "group"]]), entities: { from: null, to: kept(3, "a", "b") } });
  expect([await storage.load(0), [...(await storage.groups())]]).toEqual([kept(3, "a", "b"), [["op", "group"]]]);
});

test("only what has changed is written on top of what is kept", async () => {
  const storage = await Storage.open(newId());
  const before = kept(3, "a", "b");
  await storage.write({ ops: none, entities: { from: null, to: before } });
  const tasks = new Map([...before.base.tasks].filter(([id]) => id !== "a")).set("c", taskOf({ id: "c" }));
  await storage.write({ ops: none, entities: { from: before, to: { base: { ...before.base, tasks }, head: 4 } } });
  expect([...((await storage.load(0))?.base.tasks.keys() ?? [])]).toEqual(["b", "c"]);
});

test("a window that is behind does not put back what another has written", async () => {
  const storage = await Storage.open(newId());
  await storage.write({ ops: none, entities: { from: null, to: kept(5, "a", "b") } });
  await storage.write({ ops: none, entities: { from: kept(3, "a"), to: kept(4, "a") } });
  expect(await storage.load(0)).toEqual(kept(5, "a", "b"));
});

test("all is written where less is kept than the window believes", async () => {
  const user = newId();
  const storage = await Storage.open(user);
  const before = kept(3, "a");
  await storage.write({ ops: none, entities: { from: before, to: { ...before, head: 4 } } });
  expect([...((await storage.load(0))?.base.tasks.keys() ?? [])]).toEqual(["a"]);
});

test("what is kept in another form is forgotten, but for acts that were not sent", async () => {
  const user = newId();
  const op: Op = { id: newId(), at: 0, act: createTask("a", { title: "Bread" }), state: "waiting" };
  const storage = await Storage.open(user);
  await storage.write({ ops: new Map([[op.id, op]]), entities: { from: null, to: kept(3, "a") } });
  storage.close();
  const newer = await Storage.open(user, 2);
  expect([await newer.load(0), await newer.ops()]).toEqual([null, [op]]);
});

test("a window of a newer version does not wait for one of an older", async () => {
  const user = newId();
  const old = await Storage.open(user);
  const newer = await openDB(`todoplatform-${user}`, 2);
  await expect(old.head()).rejects.toThrow();
  newer.close();
});

test("nothing is left of what was removed, though other windows have it open", async () => {
  const user = newId();
  const [one, other] = [await Storage.open(user), await Storage.open(user)];
  await one.write({ ops: none, entities: { from: null, to: kept(3, "a") } });
  await one.remove();
  expect((await indexedDB.databases()).filter(({ name }) => name?.includes(user))).toEqual([]);
  await expect(other.head()).rejects.toThrow();
});
