import "fake-indexeddb/auto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { completeTask, createTask, deleteTask, newId, undo, updateTask } from "../store/acts";
import { taskOf } from "../testing/factories";
import { ModelBrowser, type Tab } from "../testing/modelBrowser";
import { ModelPlatform, turn } from "../testing/modelPlatform";
import { keepMine, needAttention, takeTheirs } from "./attention";
import { Storage } from "./storage";

let user: string;
let platform: ModelPlatform;
let browser: ModelBrowser;
let tabs: Tab[];

beforeEach(() => {
  // What is in between, such as IndexedDB, goes on by setImmediate.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  renew();
});

afterEach(() => {
  for (const tab of tabs) tab.close();
  vi.useRealTimers();
});

function renew(locks = true): void {
  user = newId();
  platform = new ModelPlatform();
  browser = new ModelBrowser(user, platform, locks);
  tabs = [];
}

function open(): Tab {
  const tab = browser.open();
  tabs.push(tab);
  return tab;
}

function close(tab: Tab): void {
  tab.close();
  tabs = tabs.filter((other) => other !== tab);
}

/** Lets time go by, and all that happens by then. */
async function pass(ms = 0): Promise<void> {
  for (let turns = 0; turns < 40; turns += 1) await turn();
  await vi.advanceTimersByTimeAsync(ms);
  for (let turns = 0; turns < 40; turns += 1) await turn();
}

async function opened(): Promise<Tab> {
  const tab = open();
  await pass();
  return tab;
}

function add(tab: Tab, title: string): string {
  const id = newId();
  tab.store.act(createTask(id, { title }));
  return id;
}

describe("a window", () => {
  test("shows what the server has and follows it", async () => {
    platform.elsewhere([{ name: "task.create", id: "a", fields: { title: "Bread" } }]);
    const tab = await opened();
    expect(tab.titles).toEqual(["Bread"]);
    platform.elsewhere([{ name: "task.create", id: "b", fields: { title: "Milk" } }]);
    await pass();
    expect([tab.titles, tab.sync.connection().state]).toEqual([["Bread", "Milk"], "live"]);
  });

  test("opens without the network with what it had", async () => {
    platform.elsewhere([{ name: "task.create", id: "a", fields: { title: "Bread" } }]);
    close(await opened());
    await pass();
    platform.setOnline(false);
    const tab = await opened();
    expect([tab.sync.loaded(), tab.titles, tab.sync.connection().state]).toEqual([true, ["Bread"], "offline"]);
  });

  test("that was closed a while reads what has changed since, not everything", async () => {
    close(await opened());
    await pass();
    for (let n = 0; n < 120; n += 1) platform.elsewhere([{ name: "task.create", id: `t${n}`, fields: { title: `t${n}` } }]);
    const { snapshot } = platform.asked;
    const tab = await opened();
    expect([tab.titles.length, platform.asked.snapshot - snapshot]).toEqual([120, 0]);
  });

  test("that was closed for longer than changes are kept reads everything anew", async () => {
    platform.elsewhere([{ name: "task.create", id: "a", fields: { title: "Bread" } }]);
    close(await opened());
    await pass();
    platform.elsewhere([{ name: "task.delete", id: "a" }]);
    platform.elsewhere([{ name: "task.create", id: "b", fields: { title: "Milk" } }]);
    platform.floor = platform.head - 1;
    expect((await opened()).titles).toEqual(["Milk"]);
  });

  test("forgets tasks that were completed more than a day ago when it opens", async () => {
    const tab = await opened();
    tab.store.act(createTask("a", { title: "Bread" }));
    tab.store.act(completeTask("a"));
    await pass();
    expect(tab.store.entities().tasks.has("a")).toBe(true);
    close(tab);
    await pass();
    vi.setSystemTime(Date.now() + 25 * 60 * 60 * 1000);
    expect((await opened()).store.entities().tasks.has("a")).toBe(false);
  });

  test("goes on in memory where nothing may be kept, and says so once", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const refused = vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("no", "SecurityError");
    });
    const [left, right] = [await opened(), await opened()];
    add(left, "Bread");
    await pass();
    expect([left.titles, right.titles, platform.state.tasks.size]).toEqual([["Bread"], ["Bread"], 1]);
    expect(warn).toHaveBeenCalledOnce();
    refused.mockRestore();
    warn.mockRestore();
  });
});

describe("what is done without the network", () => {
  test("outlives the window and is done once when there is network again", async () => {
    const tab = await opened();
    platform.setOnline(false);
    for (let n = 0; n < 20; n += 1) add(tab, `t${n}`);
    await pass(1_000);
    close(tab);
    await pass();
    platform.setOnline(true);
    const again = await opened();
    await pass(60_000);
    expect([again.titles.length, platform.state.tasks.size, [...platform.done.values()]]).toEqual([20, 20, Array<number>(20).fill(1)]);
  });

  test("is sent at once when the network is back", async () => {
    const tab = await opened();
    platform.setOnline(false);
    add(tab, "Bread");
    await pass(120_000);
    platform.setOnline(true);
    tab.sync.wake();
    await pass();
    expect(platform.state.tasks.size).toBe(1);
  });

  test("and taken back is never sent", async () => {
    const tab = await opened();
    platform.setOnline(false);
    add(tab, "first in the queue");
    const op = tab.store.act(createTask("b", { title: "Milk" }));
    tab.store.act(undo(op.id));
    expect(tab.titles).toEqual(["first in the queue"]);
    platform.setOnline(true);
    await pass(60_000);
    expect([platform.done.has(op.id), tab.titles, tab.store.state.ops]).toEqual([false, ["first in the queue"], []]);
  });
});

describe("a lost answer", () => {
  test("to a deletion brings no task back", async () => {
    platform.elsewhere([{ name: "task.create", id: "a", fields: { title: "Bread" } }]);
    const tab = await opened();
    platform.fates.push("answer is lost");
    tab.store.act(deleteTask("a"));
    for (let seconds = 0; seconds < 5; seconds += 1) {
      await pass(1_000);
      expect(tab.titles).toEqual([]);
    }
    expect(tab.store.state.ops).toEqual([]);
  });

  test("is not asked for again once the feed has told, and the act can be undone", async () => {
    const tab = await opened();
    platform.fates.push("answer is lost");
    const op = tab.store.act(createTask("a", { title: "Bread" }));
    await pass();
    tab.store.act(undo(op.id));
    await pass(60_000);
    expect(platform.state.tasks.size).toBe(0);
  });

  test("before the window was closed does not make a conflict of the person's own edit", async () => {
    platform.elsewhere([{ name: "task.create", id: "a", fields: { title: "old" } }]);
    const tab = await opened();
    platform.cut();
    platform.fates.push("answer is lost");
    tab.store.act(updateTask(taskOf({ id: "a", title: "old" }), { title: " new " }));
    for (let turns = 0; turns < 4; turns += 1) await turn();
    close(tab);
    await pass();
    const again = await opened();
    await pass(60_000);
    expect([again.titles, again.store.state.ops]).toEqual([["new"], []]);
  });
});

describe("a lost answer of which the feed has forgotten", () => {
  /** Makes an act whose answer is lost, and comes back when the feed begins later. */
  async function afterwards(act: (tab: Tab) => void): Promise<Tab> {
    platform.elsewhere([{ name: "task.create", id: "a", fields: { title: "old" } }]);
    const tab = await opened();
    platform.cut();
    platform.fates.push("answer is lost");
    act(tab);
    for (let turns = 0; turns < 20; turns += 1) await turn();
    close(tab);
    await pass();
    platform.elsewhere([{ name: "task.update", id: "a", fields: { priority: 1 } }]);
    platform.floor = platform.head;
    const again = await opened();
    await pass(60_000);
    return again;
  }

  test("is known by its key, though the task has another version by now", async () => {
    const tab = await afterwards(({ store }) => store.act(updateTask(taskOf({ id: "a", title: "old" }), { title: "new" })));
    expect([tab.titles, tab.store.state.ops, Math.max(...platform.done.values())]).toEqual([["new"], [], 1]);
  });

  test("does not keep an act from being taken back", async () => {
    const tab = await afterwards(({ store }) => store.act(undo(store.act(createTask("b", { title: "Bread" })).id)));
    expect([tab.titles, tab.store.state.ops]).toEqual([["old"], []]);
  });
});

describe("an edit", () => {
  const old = taskOf({ id: "a", title: "old" });

  beforeEach(() => platform.elsewhere([{ name: "task.create", id: "a", fields: { title: "old" } }]));

  async function editedOnBothSides(theirs: Record<string, unknown>): Promise<Tab> {
    const tab = await opened();
    platform.setOnline(false);
    tab.store.act(updateTask(old, { title: "mine", notes: "mine" }));
    platform.elsewhere([{ name: "task.update", id: "a", fields: theirs }]);
    platform.setOnline(true);
    await pass(60_000);
    return tab;
  }

  test("of a task of which another field was changed elsewhere is done", async () => {
    const tab = await editedOnBothSides({ priority: 1 });
    expect(platform.state.tasks.get("a")).toMatchObject({ title: "mine", priority: 1 });
    expect(tab.store.state.ops).toEqual([]);
  });

  test("of a field that was changed elsewhere too waits for a decision", async () => {
    const tab = await editedOnBothSides({ title: "theirs" });
    const [op] = needAttention(tab.store.state.ops);
    expect(op?.conflicts).toEqual([{ command: 0, field: "title", yours: "mine", theirs: "theirs" }]);
    expect(tab.titles).toEqual(["theirs"]);
  });

  test.each([
    { name: "mine", decide: keepMine, title: "mine" },
    { name: "theirs", decide: takeTheirs, title: "theirs" },
  ])("is decided for $name, and its other fields are done", async ({ decide, title }) => {
    const tab = await editedOnBothSides({ title: "theirs" });
    const [op] = needAttention(tab.store.state.ops);
    if (op) tab.store.dispatch(decide(op));
    await pass(60_000);
    expect(platform.state.tasks.get("a")).toMatchObject({ title, notes: "mine" });
    expect(tab.store.state.ops).toEqual([]);
  });

  test("on top of one that the server wrote in its own spelling is no conflict", async () => {
    const tab = await opened();
    platform.setOnline(false);
    tab.store.act(updateTask(old, { title: " one " }));
    tab.store.act(updateTask({ ...old, title: " one " }, { title: " two " }));
    platform.setOnline(true);
    await pass(60_000);
    expect([platform.state.tasks.get("a")?.title, tab.store.state.ops]).toEqual(["two", []]);
  });

  test("of what is gone is refused, and stays until the person has seen it", async () => {
    const tab = await opened();
    platform.elsewhere([{ name: "task.delete", id: "a" }]);
    tab.store.act(updateTask(old, { title: "mine" }));
    await pass();
    expect(needAttention(tab.store.state.ops).map(({ refusal }) => refusal?.status)).toEqual([404]);
  });
});

describe("several windows", () => {
  test("have one socket, and show what is done in any of them at once", async () => {
    const [left, middle, right] = [await opened(), await opened(), await opened()];
    platform.setOnline(false);
    add(right, "Bread");
    await pass();
    expect([left.titles, middle.titles]).toEqual([["Bread"], ["Bread"]]);
    platform.setOnline(true);
    await pass(60_000);
    expect([left.sync.connection().state, right.sync.connection().state]).toEqual(["live", "live"]);
    expect([platform.sockets.size, middle.sockets, right.sockets]).toEqual([1, 0, 0]);
    expect([platform.state.tasks.size, [...platform.done.values()]]).toEqual([1, [1]]);
    expect([left, middle, right].map(({ store }) => store.state.ops.length)).toEqual([0, 0, 0]);
  });

  test("go on when the one that leads is closed", async () => {
    const [left, right] = [await opened(), await opened()];
    platform.setOnline(false);
    add(left, "Bread");
    add(right, "Milk");
    await pass();
    close(left);
    platform.setOnline(true);
    await pass(60_000);
    expect([platform.state.tasks.size, right.titles, right.sockets > 0]).toEqual([2, ["Bread", "Milk"], true]);
  });

  test("know which other devices are on, while they can", async () => {
    const left = await opened();
    platform.meet("phone");
    await pass();
    const right = await opened();
    expect([left.sync.present(), right.sync.present()]).toEqual([["phone"], ["phone"]]);
    platform.setOnline(false);
    await pass();
    expect([left.sync.present(), right.sync.present()]).toEqual([[], []]);
  });

  test("adopt what a window kept and did not live to tell", async () => {
    const left = await opened();
    const storage = await Storage.open(user);
    const op = { id: newId(), at: 0, act: createTask("a", { title: "Bread" }), state: "waiting" as const };
    await storage.write({ ops: new Map([[op.id, op]]) });
    await opened();
    await pass();
    expect([left.titles, platform.done.get(op.id)]).toEqual([["Bread"], 1]);
  });

  test("read again what they have missed of each other", async () => {
    const [left, right] = [await opened(), await opened()];
    browser.deaf = true;
    add(left, "Bread");
    await pass();
    browser.deaf = false;
    add(left, "Milk");
    await pass();
    expect([right.titles, right.store.state.ops]).toEqual([["Bread", "Milk"], []]);
  });

  test("find out what they have missed when the person comes back", async () => {
    const [left, right] = [await opened(), await opened()];
    browser.deaf = true;
    add(left, "Bread");
    add(right, "Milk");
    await pass();
    browser.deaf = false;
    for (const tab of [left, right]) tab.sync.wake();
    await pass();
    expect([left.titles, right.titles, platform.state.tasks.size]).toEqual([["Bread", "Milk"], ["Bread", "Milk"], 2]);
  });

  test("keep all anew when the one that led could not", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const [left, right] = [await opened(), await opened()];
    const full = vi.spyOn(Storage.prototype, "write").mockRejectedValueOnce(new DOMException("full", "QuotaExceededError"));
    platform.elsewhere([{ name: "task.create", id: "a", fields: { title: "Bread" } }]);
    await pass();
    full.mockRestore();
    warn.mockRestore();
    close(left);
    await pass();
    close(right);
    await pass();
    platform.setOnline(false);
    expect((await opened()).titles).toEqual(["Bread"]);
  });

  test("keep nothing more once the person has signed out in one, not even their name", async () => {
    const [left, right] = [await opened(), await opened()];
    await left.sync.wipe();
    close(left);
    add(right, "Bread");
    await pass();
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect([names.filter((name) => name?.includes(user)), right.titles]).toEqual([[], ["Bread"]]);
    await pass();
    expect([[...platform.state.tasks.values()].map(({ title }) => title), right.store.state.ops]).toEqual([["Bread"], []]);
  });

  test("each lead themselves where there are no locks, and each act is done once", async () => {
    renew(false);
    const [left, right] = [await opened(), await opened()];
    platform.setOnline(false);
    add(left, "Bread");
    await pass();
    const third = await opened();
    platform.setOnline(true);
    await pass(60_000);
    expect([left.titles, right.titles, third.titles]).toEqual([["Bread"], ["Bread"], ["Bread"]]);
    expect([...platform.done.values()]).toEqual([1]);
    expect([left, right, third].map(({ store }) => store.state.ops)).toEqual([[], [], []]);
  });
});

const anId = fc.constantFrom("a", "b", "c");
const aTitle = fc.constantFrom("x", "y", " z ");
const aTab = fc.nat({ max: 1 });

const aStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("add" as const), tab: aTab, title: aTitle }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("edit" as const), tab: aTab, id: anId, title: aTitle }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("complete" as const), tab: aTab, id: anId }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), tab: aTab, id: anId }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("undo" as const), tab: aTab, back: fc.nat({ max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("elsewhere" as const), id: anId, title: aTitle }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("fate" as const), fate: fc.constantFrom("is lost" as const, "answer is lost" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("network" as const), online: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("forget" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("deaf" as const), deaf: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("reload" as const), tab: aTab }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("turns" as const), turns: fc.nat({ max: 30 }), ms: fc.constantFrom(0, 600, 5_000) }) },
);

type Step = typeof aStep extends fc.Arbitrary<infer Value> ? Value : never;

describe.each([true, false])("with locks: %s, whatever comes in which order", (locks) => {
  test("all windows show in the end what the server has, and each act was done once or its person told why not", { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 1, maxLength: 40, size: "max" }), async (steps) => {
        for (const tab of tabs) tab.close();
        renew(locks);
        for (const id of ["a", "b", "c"]) platform.elsewhere([{ name: "task.create", id, fields: { title: "t" } }]);
        const made: string[] = [];
        const excused = new Set<string>();
        const windows = [watched(excused), watched(excused)];
        await pass();
        for (const step of steps) await take(step, windows, made, excused);
        platform.fates.length = 0;
        platform.setOnline(true);
        browser.deaf = false;
        for (let round = 0; round < 6; round += 1) {
          await pass(40_000);
          for (const { sync } of windows) sync.wake();
          await pass();
          for (const tab of windows) for (const op of needAttention(tab.store.state.ops)) tab.store.dispatch(op.state === "conflict" ? keepMine(op) : { type: "drop", id: op.id });
        }
        await pass(40_000);
        for (const { store } of windows) {
          expect(store.state.ops).toEqual([]);
          expect(openTasks(store.state.base.tasks)).toEqual(openTasks(platform.state.tasks));
          expect(openTasks(store.entities().tasks)).toEqual(openTasks(platform.state.tasks));
          expect(store.state.head).toBe(platform.head);
        }
        for (const id of made) expect([id, platform.done.get(id) ?? 0]).toEqual([id, excused.has(id) ? (platform.done.get(id) ?? 0) : 1]);
      }),
      { numRuns: 60 },
    );
  });
});

function openTasks(tasks: ReadonlyMap<string, { completedAt: string | null; id: string }>): unknown[] {
  return [...tasks.values()].filter(({ completedAt }) => completedAt === null).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A window whose refused and dropped acts are noted. */
function watched(excused: Set<string>): Tab {
  const tab = open();
  tab.store.onEvent((event) => {
    if (event.type === "refuse" || event.type === "drop") excused.add(event.id);
  });
  return tab;
}

async function take(step: Step, windows: Tab[], made: string[], excused: Set<string>): Promise<void> {
  const tab = "tab" in step ? windows[step.tab] : undefined;
  switch (step.kind) {
    case "elsewhere":
      if (platform.state.tasks.has(step.id)) platform.elsewhere([{ name: "task.update", id: step.id, fields: { title: step.title } }]);
      return;
    case "fate":
      platform.fates.push(step.fate);
      return;
    case "network":
      platform.setOnline(step.online);
      return;
    case "cut":
      platform.cut();
      return;
    case "forget":
      platform.floor = platform.head;
      return;
    case "deaf":
      browser.deaf = step.deaf;
      return;
    case "turns":
      for (let turns = 0; turns < step.turns; turns += 1) await turn();
      await vi.advanceTimersByTimeAsync(step.ms);
      return;
  }
  if (!tab) return;
  switch (step.kind) {
    case "add":
      made.push(tab.store.act(createTask(newId(), { title: step.title })).id);
      return;
    case "edit": {
      const task = tab.store.entities().tasks.get(step.id);
      if (task) made.push(tab.store.act(updateTask(task, { title: step.title })).id);
      return;
    }
    case "complete":
      if (tab.store.entities().tasks.has(step.id)) made.push(tab.store.act(completeTask(step.id)).id);
      return;
    case "delete":
      if (tab.store.entities().tasks.has(step.id)) made.push(tab.store.act(deleteTask(step.id)).id);
      return;
    case "undo": {
      const opId = made[made.length - 1 - step.back];
      if (opId !== undefined) made.push(tab.store.act(undo(opId)).id);
      return;
    }
    case "reload":
      close(tab);
      // What was done in the very moment of its end may be kept or not.
      for (let turns = 0; turns < 60; turns += 1) await turn();
      windows[step.tab] = watched(excused);
      for (let turns = 0; turns < 60; turns += 1) await turn();
      return;
  }
}
