import { type Input, type Operation, operations, type Taken } from "./operations";
import type { Session, User } from "./types";

/** A refusal by the server: an RFC 9457 problem, or the bare status when there is none. */
export class ApiError extends Error {
  readonly status: number;
  /** Messages by input, such as "body.due.zone" → "is not a time zone". */
  readonly fields: ReadonlyMap<string, string>;
  /** How long the server asks to wait before the next try; 0 when it does not say. */
  readonly retryAfterMs: number;

  constructor(status: number, message: string, fields: ReadonlyMap<string, string> = new Map(), retryAfterMs = 0) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.fields = fields;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Another person is signed in by now than the one for whom the request was meant: it was not sent as theirs. */
export class OtherUserError extends Error {
  constructor() {
    super("Somebody else is signed in now.");
    this.name = "OtherUserError";
  }
}

/** No answer came: the effect may or may not have happened. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super("The server did not answer. Check your connection.", { cause });
    this.name = "NetworkError";
  }
}

/** Tells whether repeating an idempotent request can help. */
export function isTransient(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof ApiError && [502, 503, 504].includes(error.status));
}

export interface RequestOptions {
  /** What is sent: a file as it is, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Lets the request outlive the page, so that its answer's cookie is kept. */
  keepalive?: boolean;
  /** The id of the person for whom it is sent; otherwise it is whoever is signed in when it is asked for. */
  user?: string;
  deadlineMs?: number;
}

/** A file that the server has written. */
export interface SavedFile {
  name: string;
  content: Blob;
}

/** What came back: the body, and what stands beside it. */
export interface Reply<Body> {
  body: Body;
  headers: Headers;
}

const deadlineMs = 15_000;
/** Of requests that carry a file there or back: the server takes as long for one that is large. */
const fileDeadlineMs = 10 * 60_000;
/** Of an answer that comes as it is made. */
const streamDeadlineMs = 3 * 60_000;
const base = "/api/v1";

/** A path under /api/v1, or an absolute path of another service such as /realtime/v1/tickets. */
function address(path: string): string {
  return path.startsWith("/realtime/") ? path : base + path;
}

interface Target {
  method: string;
  path: string;
}

async function send({ method, path }: Target, options: RequestOptions, token: string | null): Promise<Response> {
  const headers = new Headers(options.headers);
  headers.set("X-Client", "web");
  if (token) headers.set("Authorization", `Bearer ${token}`);
  const init: RequestInit = { method, headers, signal: AbortSignal.timeout(options.deadlineMs ?? deadlineMs) };
  if (options.keepalive) init.keepalive = true;
  if (options.body instanceof Blob) {
    if (!headers.has("Content-Type")) headers.set("Content-Type", options.body.type || "application/octet-stream");
    init.body = options.body;
  } else if (options.body !== undefined) {
    if (!headers.has("Content-Type")) headers.set("Content-Type", "application/json");
    init.body = JSON.stringify(options.body);
  }
  try {
    return await fetch(address(path), init);
  } catch (cause) {
    throw new NetworkError(cause);
  }
}

/** The longest that a limit may have a request wait unseen, and how often: beyond that people are told. */
const patience = { seconds: 10, times: 3 };

/** Sends a request, and again after what a limit asks for when that is short. A limited request had no effect. */
async function sendPatiently(target: Target, options: RequestOptions, token: string | null): Promise<Response> {
  for (let times = 0; ; times += 1) {
    const response = await send(target, options, token);
    const seconds = Number(response.headers.get("Retry-After"));
    if (response.status !== 429 || !(seconds > 0 && seconds <= patience.seconds) || times === patience.times) return response;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

interface Problem {
  title?: string;
  detail?: string;
  errors?: { location?: string; message?: string }[];
}

/** What a whole answer says. */
export async function decode<Answer>(response: Response): Promise<Answer> {
  const text = await whole(response.text());
  if (response.ok) return (text ? JSON.parse(text) : undefined) as Answer;
  throw problemError(response, text);
}

async function decodeFile(response: Response): Promise<SavedFile> {
  if (!response.ok) throw problemError(response, await whole(response.text()));
  const name = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "";
  return { name, content: await whole(response.blob()) };
}

/** The connection may break, and the deadline pass, in the middle of the body. */
async function whole<Body>(body: Promise<Body>): Promise<Body> {
  try {
    return await body;
  } catch (cause) {
    throw new NetworkError(cause);
  }
}

/** A refusal with the text of its problem. */
export function problemError({ status, headers }: Pick<Response, "status" | "headers">, text: string): ApiError {
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    // A proxy in between answers with HTML: the status alone must do.
  }
  const errors = problem.errors ?? [];
  const fields = new Map(errors.map((error) => [error.location ?? "", error.message ?? ""]));
  const retryAfterMs = 1000 * (Number(headers.get("Retry-After")) || 0);
  return new ApiError(status, messageOf(problem) ?? `The server answered ${status}.`, fields, retryAfterMs);
}

function messageOf({ errors, detail, title }: Problem): string | undefined {
  const [first] = errors ?? [];
  return first?.message ? `${first.location?.replace(/^body\.?/, "") ?? ""} ${first.message}`.trim() : (detail ?? title);
}

interface Parts {
  body?: unknown;
  headers?: Record<string, string>;
  path?: Record<string, string>;
  query?: Record<string, Parameter | readonly string[] | undefined>;
}

type Parameter = string | number | boolean;

/** The address of an operation with its parameters filled in. */
function fill(path: string, { path: inPath = {}, query = {} }: Pick<Parts, "path" | "query">): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(inPath[name] ?? ""));
  const given = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => (one === undefined ? [] : [[name, String(one)]])),
  );
  return given.length === 0 ? filled : `${filled}?${new URLSearchParams(given).toString()}`;
}

/**
 * The session of this window. The access token lives in memory only; the refresh token
 * is an HttpOnly cookie that the server sets and this code never sees.
 */
export class Client {
  private session: Session | null = null;
  private known: User | null;
  private refreshing: Promise<Session | null> | null = null;
  private readonly listeners = new Set<() => void>();

  /** memory outlives the window. */
  constructor(private readonly memory: Memory | null = null) {
    this.known = recall(memory);
  }

  readonly current = (): Session | null => this.session;

  /** Who is signed in or, until the server has answered, was so when this browser was closed. */
  readonly person = (): User | null => this.known;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  async signUp(email: string, password: string, zone: string, invitation?: string): Promise<void> {
    this.set(await this.plain(operations.signUp, { body: { email, password, zone, locale: navigator.language, ...(invitation !== undefined && { invitation }) } }));
  }

  async signIn(email: string, password: string): Promise<void> {
    this.set(await this.plain(operations.login, { body: { email, password } }));
  }

  /** Reads the user again, for what has changed of the account elsewhere. */
  async reloadUser(): Promise<void> {
    const user = await this.call(operations.getMe, {});
    if (this.session?.user.id === user.id) this.set({ ...this.session, user });
  }

  /** Ends the session on the server and here; here also when the server does not answer. */
  async signOut(): Promise<void> {
    const token = this.session?.accessToken ?? null;
    this.set(null);
    const response = await send(operations.logout, { keepalive: true }, token);
    if (response.status !== 401) await decode(response);
  }

  /**
   * Trades the cookie for a new access token; null when there is no valid session.
   * Concurrent callers share one request, and windows take turns: the server takes a
   * refresh token that comes twice for a stolen one and ends the session.
   */
  refresh(): Promise<Session | null> {
    this.refreshing ??= inTurn(() => this.refreshOnce()).finally(() => {
      this.refreshing = null;
    });
    return this.refreshing;
  }

  /** Asks for an operation of the API. */
  async call<Takes extends Taken, Gives>(operation: Operation<Takes, Gives>, input: Input<Takes>, user?: string): Promise<Gives> {
    return (await this.exchange(operation, input, user)).body;
  }

  /** Asks for an operation of the API of which more than the body is of interest. */
  exchange<Takes extends Taken, Gives>({ method, path }: Operation<Takes, Gives>, input: Input<Takes>, user?: string): Promise<Reply<Gives>> {
    const { body, headers, ...address } = input as Parts;
    return this.authenticated<Gives>(
      { method, path: fill(path, address) },
      {
        body,
        headers: method === "PATCH" ? { ...headers, "Content-Type": "application/merge-patch+json" } : { ...headers },
        ...(user !== undefined && { user }),
      },
    );
  }

  /** Asks for a file. */
  async download<Takes extends Taken, Gives>({ method, path }: Operation<Takes, Gives>, input: Input<Takes>): Promise<SavedFile> {
    return (await this.authenticated({ method, path: fill(path, input as Parts) }, { deadlineMs: fileDeadlineMs }, decodeFile)).body;
  }

  /** Asks for an operation that takes a file as its body. */
  async upload<Takes extends Taken, Gives>({ method, path }: Operation<Takes, Gives>, file: Blob, input: Omit<Input<Takes>, "body">): Promise<Gives> {
    const target = { method, path: fill(path, input) };
    return (await this.authenticated<Gives>(target, { body: file, deadlineMs: fileDeadlineMs })).body;
  }

  /** Asks for an operation whose answer comes as events while it is made. read takes it, and whatever comes in its place. */
  async stream<Takes extends Taken, Gives>({ method, path }: Operation<Takes, Gives>, input: Input<Takes>, read: (response: Response) => Promise<Gives>, user?: string): Promise<Gives> {
    const { body, ...address } = input as Parts;
    const options = { body, headers: { Accept: "text/event-stream" }, deadlineMs: streamDeadlineMs, ...(user !== undefined && { user }) };
    return (await this.authenticated({ method, path: fill(path, address) }, options, read)).body;
  }

  /** Sends an authenticated request. */
  async request<Answer>(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    return (await this.authenticated<Answer>({ method, path }, options)).body;
  }

  /** One 401 is answered with a refresh and one more try, for the same person alone. */
  private async authenticated<Body>(target: Target, options: RequestOptions, read: (response: Response) => Promise<Body> = decode): Promise<Reply<Body>> {
    if (!this.session) await this.refreshing?.catch(() => null);
    const before = this.session;
    const user = options.user ?? before?.user.id;
    if (before && before.user.id !== user) throw new OtherUserError();
    const token = before?.accessToken ?? null;
    let response = await sendPatiently(target, options, token);
    if (response.status === 401) {
      // Another request may have refreshed while this one was under way.
      const fresh = this.session && this.session.accessToken !== token ? this.session : await this.refresh();
      if (!fresh) throw new ApiError(401, "Your session is over. Sign in again.");
      // In another window somebody else may have signed in: the cookie is theirs then.
      if (user !== undefined && fresh.user.id !== user) throw new OtherUserError();
      response = await sendPatiently(target, options, fresh.accessToken);
    }
    return { body: await read(response), headers: response.headers };
  }

  /** Asks for an operation that needs nobody signed in. */
  async plain<Takes extends Taken, Gives>({ method, path }: Operation<Takes, Gives>, input: Input<Takes>): Promise<Gives> {
    const { body, ...address } = input as Parts;
    return decode<Gives>(await send({ method, path: fill(path, address) }, { body }, null));
  }

  private async refreshOnce(): Promise<Session | null> {
    const response = await send(operations.refresh, { keepalive: true }, null);
    if ([400, 401, 403, 422].includes(response.status)) {
      this.set(null);
      return null;
    }
    const session = await decode<Session>(response);
    this.set(session);
    return session;
  }

  private set(session: Session | null): void {
    this.session = session;
    this.known = session?.user ?? null;
    if (this.known) this.memory?.setItem(memoryKey, JSON.stringify(this.known));
    else this.memory?.removeItem(memoryKey);
    for (const listener of this.listeners) listener();
  }
}

/** Runs work while no other window of this origin does. Browsers offer locks to secure origins only. */
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const locks = globalThis.navigator.locks as LockManager | undefined;
  return locks ? (locks.request("todoplatform-refresh", work)) : work();
}

/** Where the browser keeps who was signed in last: the page can be opened without the network then. */
type Memory = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const memoryKey = "todoplatform-person";

function recall(memory: Memory | null): User | null {
  try {
    return JSON.parse(memory?.getItem(memoryKey) ?? "null") as User | null;
  } catch {
    return null;
  }
}

/** Browsers may forbid to keep anything. */
function memoryOfBrowser(): Memory | null {
  try {
    return (globalThis as Partial<typeof globalThis>).localStorage ?? null;
  } catch {
    return null;
  }
}

export const client = new Client(memoryOfBrowser());
