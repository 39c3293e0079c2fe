import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Change } from "../api/types";
import { changeOf, settingsOf, taskOf } from "../testing/factories";
import { completeTask, createTask, deleteTask, undo, updateTask } from "./acts";
import { Draft } from "./draft";
import { type Act, type Entities, initial, nothing, type Op, type State } from "./model";
import { predict } from "./predict";
import { type Event, reduce, view } from "./reduce";

function opOf(id: string, act: Act): Op {
  return { id, at: 0, act, state: "waiting" };
}

function after(events: Event[], from: State = initial): State {
  return events.reduce(reduce, from);
}

const known: Event = {
  type: "snapshot",
  base: { ...nothing, settings: settingsOf({ zone: "Europe/Berlin" }), tasks: new Map([["a", taskOf({ id: "a", title: "old" })]]) },
  head: 10,
};

describe("changes of the feed", () => {
  test.each([
    { name: "add a task", change: changeOf(11, "task.created", taskOf({ id: "b" })), ids: ["a", "b"], head: 11 },
    { name: "remove a task", change: changeOf(11, "task.deleted", null, taskOf({ id: "a" })), ids: [], head: 11 },
    { name: "of an unknown verb still carry their task", change: changeOf(11, "task.blessed", taskOf({ id: "b" })), ids: ["a", "b"], head: 11 },
    { name: "of an unknown entity move the head alone", change: changeOf(11, "rocket.created", null), ids: ["a"], head: 11 },
    { name: "that are known already do nothing", change: changeOf(10, "task.deleted", null, taskOf({ id: "a" })), ids: ["a"], head: 10 },
    { name: "after a gap do nothing", change: changeOf(12, "task.deleted", null, taskOf({ id: "a" })), ids: ["a"], head: 10 },
  ])("$name", ({ change, ids, head }) => {
    const state = after([known, { type: "changes", changes: [change] }]);
    expect([...state.base.tasks.keys()]).toEqual(ids);
    expect(state.head).toBe(head);
  });

  test("of the settings move the person to another zone", () => {
    const change = changeOf(11, "settings.updated", settingsOf({ zone: "Asia/Kolkata" }));
    expect(after([known, { type: "changes", changes: [change] }]).base.settings?.zone).toBe("Asia/Kolkata");
  });

  test("go on where they were interrupted within a batch", () => {
    const batch = [10, 11, 13].map((seq) => changeOf(seq, "task.created", taskOf({ id: `t${seq}` })));
    const state = after([known, { type: "changes", changes: batch }]);
    expect([state.head, state.base.tasks.has("t11"), state.base.tasks.has("t13")]).toEqual([11, true, false]);
  });

  test("that are older than a snapshot do not undo it", () => {
    const older: Event = { type: "snapshot", base: nothing, head: 9 };
    expect(after([known, older]).base.tasks.has("a")).toBe(true);
  });
});

describe("tasks that were asked for", () => {
  const done = taskOf({ id: "done", completedAt: "2026-02-01T00:00:00Z" });

  test("are known from then on, and what is known already stays", () => {
    const state = after([known, { type: "learned", tasks: [done, taskOf({ id: "a", title: "stale" })] }]);
    expect([state.base.tasks.has("done"), state.base.tasks.get("a")?.title]).toEqual([true, "old"]);
  });

  test("do not come back when the feed told before that they are gone", () => {
    const deleted: Event = { type: "changes", changes: [changeOf(11, "task.deleted", null, done)] };
    const learned: Event = { type: "learned", tasks: [done] };
    expect(after([known, deleted, learned]).base.tasks.has("done")).toBe(false);
    const restored: Event = { type: "changes", changes: [changeOf(12, "task.restored", done)] };
    expect(after([known, deleted, restored, learned]).base.tasks.has("done")).toBe(true);
  });
});

describe("an act", () => {
  const rename = opOf("1", updateTask(taskOf({ id: "a", title: "old" }), { title: "new" }));

  test("is seen before the server knows, and what it is on top of stays as it was", () => {
    const state = after([known, { type: "enqueue", op: rename }]);
    expect([view(state).tasks.get("a")?.title, state.base.tasks.get("a")?.title]).toEqual(["new", "old"]);
  });

  test("is on top of what others change meanwhile", () => {
    const theirs = changeOf(11, "task.updated", taskOf({ id: "a", title: "old", priority: 1 }));
    const state = after([known, { type: "enqueue", op: rename }, { type: "changes", changes: [theirs] }]);
    expect(view(state).tasks.get("a")).toMatchObject({ title: "new", priority: 1 });
  });

  test("stays visible from its answer until it has come back by the feed", () => {
    const answered = after([known, { type: "enqueue", op: rename }, { type: "reply", id: "1", seq: 11, group: "g" }]);
    expect([view(answered).tasks.get("a")?.title, answered.ops.length]).toEqual(["new", 1]);
    const back = after([{ type: "changes", changes: [changeOf(11, "task.updated", taskOf({ id: "a", title: "new" }))] }], answered);
    expect([view(back).tasks.get("a")?.title, back.ops.length, back.groups.get("1")]).toEqual(["new", 0, "g"]);
  });

  test("that was refused is not shown, and stays until the person has seen it", () => {
    const state = after([known, { type: "enqueue", op: rename }, { type: "refuse", id: "1", refusal: { status: 404, message: "gone" } }]);
    expect([view(state).tasks.get("a")?.title, state.ops[0]?.refusal?.message]).toEqual(["old", "gone"]);
    expect(after([{ type: "drop", id: "1" }], state).ops).toEqual([]);
  });

  test("whose answer was lost is done once a change of it comes, and can be undone", () => {
    const change = { ...changeOf(11, "task.updated", taskOf({ id: "a", title: "New" })), opId: "1", group: "g" };
    const state = after([known, { type: "enqueue", op: rename }, { type: "changes", changes: [change] }]);
    expect([view(state).tasks.get("a")?.title, state.ops, state.groups.get("1")]).toEqual(["New", [], "g"]);
  });

  test("that is taken back before it was sent is not shown, until that is taken back too", () => {
    const undone = after([known, { type: "enqueue", op: rename }, { type: "enqueue", op: opOf("2", undo("1")) }]);
    expect(view(undone).tasks.get("a")?.title).toBe("old");
    const redone = after([{ type: "enqueue", op: opOf("3", undo("2")) }], undone);
    expect(view(redone).tasks.get("a")?.title).toBe("new");
  });

  test("that comes twice is there once", () => {
    expect(after([known, { type: "enqueue", op: rename }, { type: "enqueue", op: rename }]).ops.length).toBe(1);
  });
});

/** The server, as far as the order of things matters: each act is one transaction, done once for its key. */
class ModelServer {
  state: Entities = nothing;
  readonly feed: Change[] = [];
  private readonly replies = new Map<string, Event>();

  do(op: Op): Event {
    const done = this.replies.get(op.id);
    if (done) return done;
    const draft = new Draft(this.state);
    predict(draft, op);
    const next = draft.done();
    for (const [id, task] of next.tasks) {
      if (this.state.tasks.get(id) !== task) this.tell(changeOf(this.feed.length + 1, "task.updated", task));
    }
    for (const [id, task] of this.state.tasks) {
      if (!next.tasks.has(id)) this.tell(changeOf(this.feed.length + 1, "task.deleted", null, task));
    }
    this.state = next;
    const reply: Event = { type: "reply", id: op.id, seq: this.feed.length, group: null };
    this.replies.set(op.id, reply);
    return reply;
  }

  private tell(change: Change): void {
    this.feed.push(change);
  }
}

const ids = ["a", "b", "c"];
const aTitle = fc.constantFrom("x", "y", "z");
const anId = fc.constantFrom(...ids);
const anAct = fc.oneof(
  fc.tuple(anId, aTitle).map(([id, title]) => createTask(id, { title })),
  fc.tuple(anId, aTitle).map(([id, title]) => updateTask(taskOf({ id }), { title })),
  anId.map((id) => completeTask(id)),
  anId.map((id) => deleteTask(id)),
);

/** What may happen next, to this window or to the platform. */
const aStep = fc.oneof(
  { weight: 3, arbitrary: anAct.map((act) => ({ kind: "act" as const, act })) },
  { weight: 2, arbitrary: anAct.map((act) => ({ kind: "other" as const, act })) },
  { weight: 4, arbitrary: fc.boolean().map((lost) => ({ kind: "send" as const, lost })) },
  { weight: 4, arbitrary: fc.nat({ max: 3 }).map((back) => ({ kind: "frames" as const, back })) },
  { weight: 1, arbitrary: fc.constant({ kind: "snapshot" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "reload" as const }) },
);

describe("whatever comes in which order", () => {
  test("the window shows in the end what the server has", () => {
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 60 }), (steps) => {
        const server = new ModelServer();
        let state = initial;
        let made = 0;
        const send = (lost: boolean) => {
          const next = state.ops.find((op) => op.state === "waiting");
          if (!next) return;
          const reply = server.do(next);
          if (!lost) state = reduce(state, reply);
        };
        const frames = (back: number) => {
          const changes = server.feed.slice(Math.max(0, state.head - back));
          state = reduce(state, { type: "changes", changes });
        };
        for (const step of steps) {
          made += 1;
          if (step.kind === "act") state = reduce(state, { type: "enqueue", op: opOf(`own-${made}`, step.act) });
          if (step.kind === "other") server.do(opOf(`other-${made}`, step.act));
          if (step.kind === "send") send(step.lost);
          if (step.kind === "frames") frames(step.back);
          if (step.kind === "snapshot") state = reduce(state, { type: "snapshot", base: server.state, head: server.feed.length });
          if (step.kind === "reload") state = reduce(initial, { type: "loaded", base: state.base, head: state.head, ops: state.ops, groups: state.groups });
          for (const op of state.ops) if (op.state === "acknowledged") expect(op.seq).toBeGreaterThan(state.head);
        }
        while (state.ops.some((op) => op.state === "waiting")) send(false);
        frames(0);
        expect(state.ops).toEqual([]);
        expect(new Map(view(state).tasks)).toEqual(new Map(server.state.tasks));
      }),
      { numRuns: 1000 },
    );
  });
});
