import type { Asked, Changes, Snapshot } from "../api/generated/types.gen.ts";
import { ApiError, NetworkError } from "../api/http";
import type { Change, Task } from "../api/types";
import { Draft } from "../store/draft";
import { type Entities, nothing } from "../store/model";
import { predict } from "../store/predict";
import type { Answer, Remote, Request } from "../sync/remote";
import type { Hello } from "../sync/frames";
import type { OpenWire, Wire, WireHandlers } from "../sync/wire";
import { changeOf, settingsOf } from "./factories";

/** What may happen to one request or its answer. */
export type Fate = "arrives" | "is lost" | "answer is lost";

/**
 * The platform as far as the order of things matters, with one person's tasks: each act is one
 * transaction, done once for its key, and each change is told by the feed.
 */
export class ModelPlatform {
  state: Entities = { ...nothing, settings: settingsOf({}) };
  readonly feed: Change[] = [];
  /** How often each key had an effect. */
  readonly done = new Map<string, number>();
  online = true;
  /** Changes before it are forgotten. */
  floor = 0;
  /** Taken in turn by the requests that come; those after the last arrive. */
  readonly fates: Fate[] = [];
  /** How often each kind of request was made. */
  readonly asked = { snapshot: 0, changes: 0, send: 0, ticket: 0 };
  readonly sockets = new Set<ModelSocket>();
  private readonly answers = new Map<string, Answer & { commands: string }>();

  constructor() {
    this.record("settings.created", settingsOf({}), null, { key: null, group: null });
  }

  get head(): number {
    return this.feed.length;
  }

  /** What a page asks for. */
  remote(): Remote {
    return {
      snapshot: () => this.reach("snapshot", () => this.snapshot()),
      changes: (after) => this.reach("changes", () => this.changes(after)),
      send: (key, request) => this.reach("send", () => this.perform(key, request)),
      ticket: () => this.reach("ticket", () => "ticket"),
      renewSession: () => Promise.resolve(true),
    };
  }

  readonly open: OpenWire = (hello, handlers) => {
    const socket = new ModelSocket(this, hello, handlers);
    this.sockets.add(socket);
    return socket;
  };

  /** Breaks all connections, and what is asked from now on, until it is online again. */
  setOnline(online: boolean): void {
    this.online = online;
    if (!online) this.cut();
  }

  /** Tells the page which other devices are connected. */
  meet(...ids: string[]): void {
    for (const socket of this.sockets) socket.say({ type: "presence", devices: ids.map((id) => ({ id })) });
  }

  cut(): void {
    for (const socket of [...this.sockets]) socket.hangUp(1006);
  }

  /** Does something in another way than by the page under test. */
  elsewhere(commands: Asked[]): void {
    this.perform(`elsewhere-${this.head}-${this.done.size}`, { kind: "commands", commands });
  }

  perform(key: string, request: Request): Answer {
    if (request.kind !== "commands") throw new Error(`the model has no ${request.kind}`);
    const commands = JSON.stringify(request.commands);
    const before = this.answers.get(key);
    if (before && before.commands !== commands) {
      throw new ApiError(422, "was used for another request", new Map([["header.Idempotency-Key", "was used for another request"]]));
    }
    if (before) return before;
    const group = `group-${key}`;
    const next = request.commands.reduce((state, command) => this.apply(state, command), this.state);
    this.done.set(key, (this.done.get(key) ?? 0) + 1);
    for (const [id, task] of next.tasks) {
      const was = this.state.tasks.get(id) ?? null;
      if (was === task) continue;
      const after = { ...task, version: (was?.version ?? 0) + 1, title: task.title.trim() };
      this.record(was ? "task.updated" : "task.created", after, was, { key, group });
    }
    for (const [id, task] of this.state.tasks) if (!next.tasks.has(id)) this.record("task.deleted", null, task, { key, group });
    const results = request.commands.map(({ id = "" }) => this.state.tasks.get(id) ?? null);
    const answer = { seq: this.head, group, results, commands };
    this.answers.set(key, answer);
    return answer;
  }

  private apply(state: Entities, { name, id = "", fields, ifVersion }: Asked): Entities {
    const draft = new Draft(state);
    if (name === "act.undo") {
      this.takeBack(draft, id);
      return draft.done();
    }
    const task = draft.get("tasks", id);
    if (name === "task.create" ? task : !task) throw new ApiError(name === "task.create" ? 409 : 404, `${name} ${id} is not possible`);
    if (ifVersion !== undefined && task?.version !== ifVersion) throw new ApiError(412, "it was changed");
    predict(draft, { id, at: 0, act: { kind: "commands", commands: [{ name, id, fields: fields as Record<string, unknown> }] } });
    return draft.done();
  }

  private takeBack(draft: Draft, group: string): void {
    const changes = this.feed.filter((change) => change.group === group);
    if (changes.length === 0) throw new ApiError(404, "there is no such act");
    for (const { id, before, after } of changes as Change<Task>[]) {
      if (draft.get("tasks", id)?.version !== after?.version) throw new ApiError(409, "the same was changed since");
      if (before) draft.put("tasks", { ...before });
      else draft.remove("tasks", id);
    }
  }

  private record(type: string, after: Task | Entities["settings"], before: Task | null, { key, group }: { key: string | null; group: string | null }): void {
    const change = { ...changeOf(this.head + 1, type, after, before), ...(key !== null && { opId: key }), ...(group !== null && { group }) };
    this.feed.push(change);
    const tasks = new Map(this.state.tasks);
    if (change.entity === "task" && after) tasks.set(change.id, after as Task);
    else tasks.delete(change.id);
    this.state = { ...this.state, tasks };
    for (const socket of this.sockets) socket.tell(change);
  }

  private snapshot(): Snapshot {
    const open = [...this.state.tasks.values()].filter(({ completedAt }) => completedAt === null);
    return { head: this.head, settings: settingsOf({}), tasks: open, projects: [], sections: [], tags: [], filters: [], comments: [] };
  }

  private changes(after: number): Changes {
    if (after < this.floor) throw new ApiError(410, "forgotten");
    return { items: this.feed.slice(after, after + 50), head: this.head, floor: this.floor };
  }

  private async reach<Result>(kind: keyof ModelPlatform["asked"], work: () => Result): Promise<Result> {
    this.asked[kind] += 1;
    const fate = this.fates.shift() ?? "arrives";
    await turn();
    if (!this.online || fate === "is lost") throw new NetworkError(new TypeError("failed to fetch"));
    const result = work();
    await turn();
    if (fate === "answer is lost") throw new NetworkError(new TypeError("failed to fetch"));
    return structuredClone(result);
  }
}

/** Lets everything else go on for a moment. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

class ModelSocket implements Wire {
  private greeted = false;

  constructor(
    private readonly platform: ModelPlatform,
    { resume }: Hello,
    private readonly handlers: WireHandlers,
  ) {
    setImmediate(() => {
      if (platform.online) this.greet(resume.seq);
      else this.hangUp(1006);
    });
  }

  private greet(seq: number): void {
    this.greeted = true;
    this.say({ type: "welcome", head: this.platform.head, heartbeatSeconds: 8 });
    if (seq < this.platform.floor || seq > this.platform.head) this.say({ type: "snapshot_required" });
    else for (const change of this.platform.feed.slice(seq)) this.tell(change);
  }

  close(): void {
    this.platform.sockets.delete(this);
  }

  tell(change: Change): void {
    if (this.greeted) this.say({ type: "change", seq: change.seq, change });
  }

  hangUp(code: number): void {
    this.platform.sockets.delete(this);
    this.handlers.onClose(code);
  }

  say(frame: unknown): void {
    const data = JSON.stringify(frame);
    setImmediate(() => {
      if (this.platform.sockets.has(this)) this.handlers.onFrame(data);
    });
  }
}
