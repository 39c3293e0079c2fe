import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { randomUUID } from "node:crypto";
import type { Plugin } from "vite";
import { type WebSocket, WebSocketServer } from "ws";
import type { Change, Priority, QuickAddTask, RecurrencePreview, Settings, Task, TaskFields, User } from "../api/types";
import { addDays } from "../time/due.ts";

/**
 * A stand-in for todo-api and realtime-sync in the memory of the Vite server, for work on
 * the page alone (npm run dev:fake). It knows the happy paths and the refusals that the
 * page shows, checks nothing else, and forgets everything when it stops.
 */
export function fakePlatform(): Plugin {
  const platform = new FakePlatform();
  return {
    name: "fake-platform",
    configureServer(server) {
      server.middlewares.use((request, response, next) => platform.handle(request, response, next));
      if (server.httpServer) platform.acceptSockets(server.httpServer as Server);
    },
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) => {
        response.setHeader("Content-Security-Policy", contentSecurityPolicy);
        platform.handle(request, response, next);
      });
      platform.acceptSockets(server.httpServer as Server);
    },
  };
}

/** As strict as the real one, so that what it would block shows up early. */
const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

interface Account {
  id: string;
  email: string;
  password: string;
  verified: boolean;
  tasks: Map<string, Task>;
  changes: Change[];
  log: { position: number; record: { type: string; at: string; data: unknown } }[];
  sockets: Set<WebSocket>;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

interface Call {
  account: Account;
  body: Record<string, unknown>;
  query: URLSearchParams;
  id: string;
  ifMatch: string | undefined;
}

type Reply = [status: number, body?: unknown];

class FakePlatform {
  private readonly accounts = new Map<string, Account>();
  private readonly refreshTokens = new Map<string, Account>();
  private readonly accessTokens = new Map<string, Account>();
  private readonly tickets = new Map<string, Account>();

  private readonly routes: [method: string, path: RegExp, handler: (call: Call) => Reply][] = [
    ["GET", /^\/api\/v1\/sync$/, ({ account }) => [200, this.snapshot(account)]],
    ["GET", /^\/api\/v1\/tasks$/, ({ account, query }) => [200, { items: listTasks(account, query.get("status")) }]],
    ["POST", /^\/api\/v1\/tasks$/, ({ account, body }) => [201, this.create(account, body)]],
    ["PATCH", /^\/api\/v1\/tasks\/([^/]+)$/, (call) => [200, this.edit(call)]],
    ["POST", /^\/api\/v1\/tasks\/([^/]+)\/complete$/, ({ account, id }) => [200, this.setCompleted(account, id, true)]],
    ["POST", /^\/api\/v1\/tasks\/([^/]+)\/reopen$/, ({ account, id }) => [200, this.setCompleted(account, id, false)]],
    ["DELETE", /^\/api\/v1\/tasks\/([^/]+)$/, ({ account, id }) => this.remove(account, id)],
    ["POST", /^\/api\/v1\/previews\/quick-add$/, ({ body }) => [200, { tasks: linesOf(String(body.text)).map(titleAlone) }]],
    ["POST", /^\/api\/v1\/previews\/recurrence$/, ({ body }) => [200, previewRecurrence(body)]],
    ["GET", /^\/api\/v1\/audit$/, ({ account, query }) => [200, auditPage(account, query)]],
    ["GET", /^\/api\/v1\/me$/, ({ account }) => [200, userOf(account)]],
    ["POST", /^\/api\/v1\/me\/verification$/, () => [202]],
    ["POST", /^\/realtime\/v1\/tickets$/, ({ account }) => [201, this.ticket(account)]],
  ];

  handle(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (!/^\/(api|realtime)\//.test(url.pathname)) {
      next();
      return;
    }
    this.answer(request, response, url).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : new Refusal(500, String(error));
      const errors = refusal.field ? [{ location: `body.${refusal.field}`, message: refusal.message }] : undefined;
      send(response, refusal.status, { status: refusal.status, detail: refusal.message, errors });
    });
  }

  acceptSockets(server: Server): void {
    const sockets = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => {
      if (request.url !== "/realtime/v1/socket") return;
      sockets.handleUpgrade(request, socket, head, (connection) => this.accept(connection));
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const body = await readBody(request);
    if (url.pathname.startsWith("/api/v1/auth/")) {
      this.authenticate(url.pathname.slice("/api/v1/auth/".length), body, request, response);
      return;
    }
    const account = this.accessTokens.get(request.headers.authorization?.replace("Bearer ", "") ?? "");
    if (!account) throw new Refusal(401, "the access token is not valid");
    for (const [method, path, handler] of this.routes) {
      const match = path.exec(url.pathname);
      if (!match || method !== request.method) continue;
      const call = { account, body, query: url.searchParams, id: match[1] ?? "", ifMatch: request.headers["if-match"] };
      send(response, ...handler(call));
      return;
    }
    throw new Refusal(404, "there is no such operation");
  }

  private authenticate(
    action: string,
    body: Record<string, unknown>,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const email = String(body.email);
    const password = String(body.password);
    const known = this.accounts.get(email);
    const cookie = /refresh=([^;]+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
    switch (action) {
      case "sign-up":
        if (known) throw new Refusal(409, "this e-mail address is taken", "email");
        this.grant(this.createAccount(email, password), 201, response);
        return;
      case "login":
        if (known?.password !== password) throw new Refusal(401, "e-mail or password is wrong");
        this.grant(known, 200, response);
        return;
      case "refresh": {
        const account = this.refreshTokens.get(cookie);
        if (!account) throw new Refusal(401, "the refresh token is not valid");
        this.refreshTokens.delete(cookie);
        this.grant(account, 200, response);
        return;
      }
      case "verify-email":
        for (const account of this.accounts.values()) account.verified = true;
        send(response, 204);
        return;
      case "logout":
        this.refreshTokens.delete(cookie);
        response.setHeader("Set-Cookie", "refresh=; Path=/api/v1/auth; Max-Age=0");
        send(response, 204);
        return;
      default:
        throw new Refusal(404, "there is no such operation");
    }
  }

  private createAccount(email: string, password: string): Account {
    const account: Account = {
      id: randomUUID(),
      email,
      password,
      verified: false,
      tasks: new Map(),
      changes: [],
      log: [],
      sockets: new Set(),
    };
    this.accounts.set(email, account);
    this.record(account, "account.created", null, null);
    return account;
  }

  private grant(account: Account, status: number, response: ServerResponse): void {
    const accessToken = randomUUID();
    const refreshToken = randomUUID();
    this.accessTokens.set(accessToken, account);
    this.refreshTokens.set(refreshToken, account);
    response.setHeader("Set-Cookie", `refresh=${refreshToken}; Path=/api/v1/auth; HttpOnly; SameSite=Strict`);
    send(response, status, { user: userOf(account), accessToken, expiresIn: 900 });
  }

  private snapshot(account: Account) {
    return { head: account.changes.length, settings, tasks: listTasks(account, "open") };
  }

  private create(account: Account, body: Partial<TaskFields>): Task {
    checkRule(body);
    const fields = { ...emptyFields, ...body };
    return this.insert(account, fields, account.id, fields.recurrence ? newSeries(fields) : null);
  }

  private insert(account: Account, fields: TaskFields, actor: string, series: Task["series"]): Task {
    const now = new Date().toISOString();
    const reminders = fields.reminders.map((reminder) => ({ id: randomUUID(), ...reminder }));
    const task: Task = {
      ...fields,
      reminders,
      id: newId(),
      version: 1,
      series,
      usual: null,
      projectId: null,
      sectionId: null,
      parentId: null,
      start: null,
      deadline: null,
      durationMinutes: null,
      position: "",
      completedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    account.tasks.set(task.id, task);
    this.record(account, "task.created", null, task, actor);
    this.scheduleReminders(account, task);
    return task;
  }

  private edit({ account, id, body, ifMatch }: Call): Task {
    const task = find(account, id);
    if (ifMatch && ifMatch !== `"${task.version}"`) throw new Refusal(412, "the task was changed since");
    checkRule(body);
    return this.update(account, task, "task.updated", mergePatch(task, body) as Partial<Task>);
  }

  private setCompleted(account: Account, id: string, completed: boolean): Task {
    const task = find(account, id);
    if ((task.completedAt !== null) === completed) return task;
    const completedAt = completed ? new Date().toISOString() : null;
    const type = completed ? "task.completed" : "task.reopened";
    const after = this.update(account, task, type, { completedAt });
    if (completed) this.advance(account, after);
    return after;
  }

  /** Makes the next occurrence: a day, week or month later, which is enough to see it arrive. */
  private advance(account: Account, task: Task): void {
    const { due, recurrence, series } = task;
    if (!due || !recurrence || !series) return;
    if ([...account.tasks.values()].some((other) => other.series?.id === series.id && other.series.occurrence > series.occurrence)) return;
    const days = recurrence.rule.includes("DAILY") ? 1 : recurrence.rule.includes("WEEKLY") ? 7 : 30;
    const { title, notes, priority, tags, reminders } = task;
    const next = { ...due, date: addDays(due.date, days) };
    this.insert(
      account,
      { title, notes, priority, tags, recurrence, due: next, reminders: reminders.filter(({ at }) => at === undefined) },
      "recurring-task",
      { ...series, occurrence: series.occurrence + 1 },
    );
  }

  private update(account: Account, before: Task, type: string, part: Partial<Task>): Task {
    const after = { ...before, ...part, version: before.version + 1, updatedAt: new Date().toISOString() };
    account.tasks.set(after.id, after);
    this.record(account, type, before, after);
    return after;
  }

  private remove(account: Account, id: string): Reply {
    const task = find(account, id);
    account.tasks.delete(id);
    this.record(account, "task.deleted", task, null);
    return [204];
  }

  private scheduleReminders(account: Account, task: Task): void {
    for (const { id, at } of task.reminders) {
      if (!at) continue;
      const reminder = { userId: account.id, reminderId: id, taskId: task.id, title: task.title, at };
      this.log(account, "reminder.scheduled", reminder);
      const timer = setTimeout(() => {
        this.log(account, "reminder.fired", reminder);
        broadcast(account, { type: "reminder", event: "reminder.fired", eventId: randomUUID(), reminder });
      }, Math.max(0, Date.parse(at) - Date.now()));
      timer.unref();
    }
  }

  private record(account: Account, type: string, before: Task | null, after: Task | null, actor = account.id): void {
    const change: Change = {
      userId: account.id,
      seq: account.changes.length + 1,
      eventId: newId(),
      type,
      entity: type.split(".")[0] ?? "",
      id: after?.id ?? before?.id ?? account.id,
      version: after?.version ?? 1,
      before,
      after,
      by: { kind: actor === account.id ? "person" : "system", id: actor },
      zone: settings.zone,
      at: new Date().toISOString(),
    };
    account.changes.push(change);
    this.log(account, type, change);
    broadcast(account, changeFrame(change));
  }

  private log(account: Account, type: string, data: unknown): void {
    account.log.push({ position: account.log.length + 1, record: { type, at: new Date().toISOString(), data } });
  }

  private ticket(account: Account) {
    const ticket = randomUUID();
    this.tickets.set(ticket, account);
    return { ticket, expiresAt: new Date(Date.now() + 30_000).toISOString() };
  }

  private accept(socket: WebSocket): void {
    socket.once("message", (data: Buffer) => {
      const { ticket, resume } = JSON.parse(data.toString()) as { ticket: string; resume?: { seq: number } };
      const account = this.tickets.get(ticket);
      this.tickets.delete(ticket);
      if (!account) {
        socket.close(4401, "the ticket is unknown, used or expired");
        return;
      }
      const head = account.changes.length;
      socket.send(JSON.stringify({ type: "welcome", head, heartbeatSeconds: 8 }));
      for (const change of account.changes.slice(resume?.seq ?? head)) socket.send(JSON.stringify(changeFrame(change)));
      account.sockets.add(socket);
      const heartbeat = setInterval(() => {
        socket.send(JSON.stringify({ type: "head", seq: account.changes.length }));
      }, 8_000);
      socket.on("close", () => {
        clearInterval(heartbeat);
        account.sockets.delete(socket);
      });
    });
  }
}

const emptyFields: TaskFields = {
  title: "",
  notes: "",
  priority: 4,
  tags: [],
  due: null,
  recurrence: null,
  reminders: [],
};

const settings: Settings = { version: 1, zone: "UTC", locale: "en", weekStart: 1, dayStart: "09:00" };

function userOf({ id, email, verified }: Account): User {
  return { id, email, zone: settings.zone, emailVerified: verified, emailVerificationRequired: !verified, owner: false };
}

function checkRule({ recurrence }: Partial<TaskFields>): void {
  if (recurrence && !/^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)/.test(recurrence.rule)) {
    throw new Refusal(422, "unknown frequency", "recurrence.rule");
  }
}

/** The words of a line are beyond this stand-in, but for its priority. */
function titleAlone(line: string): QuickAddTask {
  const priority = /\bp([1-3])$/.exec(line);
  if (!priority) return { title: line, priority: 4, tags: [], reminders: [], spans: [] };
  const [text, level] = [priority[0], Number(priority[1]) as Priority];
  const span = { kind: "priority" as const, text, start: 0, end: 0, startUTF16: priority.index, endUTF16: line.length };
  return { title: line.slice(0, priority.index).trim(), priority: level, tags: [], reminders: [], spans: [span] };
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function previewRecurrence({ rule, text, anchor, start }: Record<string, unknown>): RecurrencePreview {
  if (typeof text === "string" && !text.startsWith("every")) throw new Refusal(422, "does not fit here; expected every", "text");
  const first = addDays(new Date().toISOString().slice(0, 10), 1);
  return {
    rule: typeof rule === "string" ? rule : "FREQ=DAILY",
    anchor: anchor === "completion" ? "completion" : "schedule",
    text: "every day",
    occurrences: [0, 1, 2, 3].map((day) => addDays(first, day)),
    more: true,
    start: { date: typeof start === "string" ? start.slice(0, 10) : first },
  };
}

function changeFrame(change: Change) {
  return { type: "change", seq: change.seq, change };
}

function broadcast(account: Account, frame: unknown): void {
  for (const socket of account.sockets) socket.send(JSON.stringify(frame));
}

function find(account: Account, id: string): Task {
  const task = account.tasks.get(id);
  if (!task) throw new Refusal(404, "there is no such task");
  return task;
}

function listTasks(account: Account, status: string | null): Task[] {
  return [...account.tasks.values()].filter((task) => (task.completedAt !== null) === (status === "completed"));
}

function auditPage(account: Account, query: URLSearchParams) {
  const after = Number(query.get("after"));
  return {
    items: account.log.slice(after, after + Number(query.get("limit"))),
    head: { position: account.log.length },
  };
}

function newSeries({ due }: TaskFields): Task["series"] {
  return due && { id: randomUUID(), occurrence: 0, start: due };
}

let made = 0;

/** Like a UUIDv7 in what matters here: ids sort by age. */
function newId(): string {
  made += 1;
  return `${Date.now().toString(16).padStart(12, "0")}-${made.toString(16).padStart(8, "0")}`;
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = typeof target === "object" && target !== null ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null && name !== "due" && name !== "recurrence") {
      merged[name] = undefined;
    } else {
      merged[name] = value === null ? null : mergePatch(merged[name], value);
    }
  }
  return merged;
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function send(response: ServerResponse, status: number, body?: unknown): void {
  response.statusCode = status;
  if (body === undefined) {
    response.end();
    return;
  }
  response.setHeader("Content-Type", status < 400 ? "application/json" : "application/problem+json");
  response.end(JSON.stringify(body));
}
