import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError, Client, isTransient, NetworkError, OtherUserError } from "./http";
import { operations } from "./operations";
import { settingsOperations } from "./settingsOperations";

type Answer = (request: { path: string; token: string | null; init: RequestInit }) => Response | Promise<Response>;

/** Lets a function play the server, and notes what it is asked. */
function serve(answer: Answer): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const token = new Headers(init.headers).get("Authorization");
    asked.push(`${init.method ?? "GET"} ${path} ${token ?? ""}`.trim());
    await Promise.resolve();
    return answer({ path, token, init });
  });
  return asked;
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status });
}

function session(accessToken: string): Response {
  return json(200, { user: { id: "u", email: "ada@example.org", zone: "UTC" }, accessToken, expiresIn: 900 });
}

beforeEach(() => {
  vi.stubGlobal("navigator", {});
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("an expired access token", () => {
  test("is renewed once for all requests that met it", async () => {
    const asked = serve(({ path, token }) => {
      if (path === "/api/v1/auth/login") return session("old");
      if (path === "/api/v1/auth/refresh") return session("new");
      return token === "Bearer new" ? json(200, { path }) : json(401, {});
    });
    const client = new Client();
    await client.signIn("ada@example.org", "secret");
    const answers = await Promise.all([client.request("GET", "/a"), client.request("GET", "/b"), client.request("GET", "/c")]);
    expect(answers).toEqual([{ path: "/api/v1/a" }, { path: "/api/v1/b" }, { path: "/api/v1/c" }]);
    expect(asked.filter((line) => line.includes("/auth/refresh"))).toHaveLength(1);
  });

  test("that cannot be renewed ends the session", async () => {
    serve(({ path }) => (path === "/api/v1/auth/login" ? session("old") : json(401, {})));
    const client = new Client();
    const changed = vi.fn();
    await client.signIn("ada@example.org", "secret");
    client.subscribe(changed);
    await expect(client.request("GET", "/a")).rejects.toMatchObject({ status: 401 });
    expect(client.current()).toBeNull();
    expect(changed).toHaveBeenCalledOnce();
  });

  test("does not end the session while the server is away", async () => {
    serve(({ path }) => (path === "/api/v1/auth/login" ? session("old") : json(path.endsWith("refresh") ? 503 : 401, {})));
    const client = new Client();
    await client.signIn("ada@example.org", "secret");
    await expect(client.request("GET", "/a")).rejects.toMatchObject({ status: 503 });
    expect(client.current()?.accessToken).toBe("old");
  });
});

describe("who is signed in", () => {
  function memoryOf(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
    const items = new Map<string, string>();
    return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => void items.set(key, value), removeItem: (key) => void items.delete(key) };
  }

  test("is known again before the server has answered", async () => {
    const memory = memoryOf();
    serve(() => session("a"));
    await new Client(memory).signIn("ada@example.org", "secret");
    expect([new Client(memory).person()?.id, new Client(memory).current()]).toEqual(["u", null]);
  });

  test("is forgotten once the session is over", async () => {
    const memory = memoryOf();
    serve(({ path }) => (path.endsWith("login") ? session("a") : json(401, {})));
    await new Client(memory).signIn("ada@example.org", "secret");
    await new Client(memory).refresh();
    expect(new Client(memory).person()).toBeNull();
  });

  test("is asked first by requests that come before the answer", async () => {
    const asked = serve(({ path }) => (path.endsWith("refresh") ? session("a") : json(200, {})));
    const client = new Client();
    await Promise.all([client.refresh(), client.request("GET", "/tasks")]);
    expect(asked).toEqual(["POST /api/v1/auth/refresh", "GET /api/v1/tasks Bearer a"]);
  });
});

describe("a request for one person", () => {
  const as = (id: string, accessToken: string) => json(200, { user: { id }, accessToken, expiresIn: 900 });

  test("does not run as another who signed in meanwhile in another window", async () => {
    const asked = serve(({ path, token }) => {
      if (path === "/api/v1/auth/login") return as("ada", "ada-1");
      if (path === "/api/v1/auth/refresh") return as("bob", "bob-1");
      return token === "Bearer bob-1" ? json(200, {}) : json(401, {});
    });
    const client = new Client();
    await client.signIn("ada@example.org", "secret");
    await expect(client.request("DELETE", "/tasks/a")).rejects.toThrow(OtherUserError);
    expect(asked.filter((line) => line.includes("/tasks/a"))).toEqual(["DELETE /api/v1/tasks/a Bearer ada-1"]);
  });

  test("is not even sent when somebody else is signed in", async () => {
    const asked = serve(() => as("bob", "bob-1"));
    const client = new Client();
    await client.signIn("bob@example.org", "secret");
    await expect(client.request("DELETE", "/tasks/a", { user: "ada" })).rejects.toThrow(OtherUserError);
    expect(asked).toHaveLength(1);
  });
});

test("an answer that breaks off within its body is one that did not come", async () => {
  const broken = new ReadableStream({ pull: (controller) => controller.error(new DOMException("too late", "TimeoutError")) });
  serve(() => new Response(broken, { status: 200 }));
  await expect(new Client().request("GET", "/tasks")).rejects.toThrow(NetworkError);
});

test("a reply brings its headers", async () => {
  serve(() => new Response("{}", { status: 200, headers: { "Change-Seq": "7" } }));
  const { headers } = await new Client().exchange(operations.sync, {});
  expect(headers.get("Change-Seq")).toBe("7");
});

describe("a limited request", () => {
  const limited = (seconds: string) => new Response("{}", { status: 429, headers: { "Retry-After": seconds } });

  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test("is sent again after the time that the server asks for", async () => {
    let refusals = 2;
    const asked = serve(() => (refusals-- > 0 ? limited("2") : json(200, { done: true })));
    const answer = new Client().request("POST", "/tasks", { body: {} });
    await vi.advanceTimersByTimeAsync(1_999);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_001);
    expect(await answer).toEqual({ done: true });
    expect(asked).toHaveLength(3);
  });

  test.each([
    ["for long is a refusal", "900", 1],
    ["for a time that is not said is a refusal", "", 1],
    ["again and again is a refusal", "1", 4],
  ])("%s", async (_name, seconds, times) => {
    const asked = serve(() => limited(seconds));
    const refused = expect(new Client().request("GET", "/tasks")).rejects.toMatchObject({ status: 429 });
    await vi.advanceTimersByTimeAsync(60_000);
    await refused;
    expect(asked).toHaveLength(times);
  });
});

test("an operation is asked for at its path, with what it takes", async () => {
  const types: (string | null)[] = [];
  const asked = serve(({ init }) => {
    types.push(new Headers(init.headers).get("Content-Type"));
    return json(200, {});
  });
  const client = new Client();
  await client.call(operations.sync, { query: { limit: 5, cursor: "a&b" } });
  await client.call(settingsOperations.editWebhook, { path: { id: "a/b" }, body: { enabled: false } });
  await client.call(operations.applyCommands, { body: { commands: [] } });
  expect(asked).toEqual(["GET /api/v1/sync?limit=5&cursor=a%26b", "PATCH /api/v1/webhooks/a%2Fb", "POST /api/v1/commands"]);
  expect(types).toEqual([null, "application/merge-patch+json", "application/json"]);
});

test("every request names the client", async () => {
  const names: (string | null)[] = [];
  serve(({ init }) => {
    names.push(new Headers(init.headers).get("X-Client"));
    return session("new");
  });
  await new Client().refresh();
  await new Client().request("GET", "/me");
  expect(names).toEqual(["web", "web"]);
});

test("the refresh token is never in a request: the cookie is", async () => {
  let body: unknown = "unset";
  serve(({ init }) => {
    body = init.body;
    return session("new");
  });
  await new Client().refresh();
  expect(body).toBeUndefined();
});

test("a problem names the input at fault", async () => {
  serve(() => json(422, { detail: "validation failed", errors: [{ location: "body.due.zone", message: "is unknown" }] }));
  const error: unknown = await new Client().request("POST", "/tasks", { body: {} }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect((error as ApiError).message).toBe("due.zone is unknown");
  expect((error as ApiError).fields.get("body.due.zone")).toBe("is unknown");
});

test.each<[error: Error, transient: boolean]>([
  [new NetworkError(new TypeError("failed to fetch")), true],
  [new ApiError(503, "away"), true],
  [new ApiError(412, "changed"), false],
  [new ApiError(500, "defect"), false],
  [new Error("else"), false],
])("%s is transient: %s", (error, transient) => {
  expect(isTransient(error)).toBe(transient);
});

test("an answer that comes as events is read as it comes, and asked for as such", async () => {
  const accepted: (string | null)[] = [];
  const asked = serve(({ init }) => {
    accepted.push(new Headers(init.headers).get("Accept"));
    return new Response("data: {}\n\n", { headers: { "Content-Type": "text/event-stream" } });
  });
  const answer = await new Client().stream(settingsOperations.testWebhook, { path: { id: "a" } }, async (response) => ({ said: await response.text() }) as never);
  expect([answer, asked, accepted]).toEqual([{ said: "data: {}\n\n" }, ["POST /api/v1/webhooks/a/test"], ["text/event-stream"]]);
});

describe("files", () => {
  async function signedIn(answer: Answer): Promise<Client> {
    serve((request) => (request.path === "/api/v1/auth/login" ? session("token") : answer(request)));
    const client = new Client();
    await client.signIn("ada@example.org", "secret");
    return client;
  }

  test("are sent as they are, with parameters that come several times", async () => {
    const sent: { path: string; init: RequestInit }[] = [];
    const client = await signedIn((request) => {
      sent.push(request);
      return json(202, { id: "1" });
    });
    const file = new Blob(["Name\nCall Ann"], { type: "text/csv" });
    const answer = await client.upload(settingsOperations.startImport, file, { query: { dryRun: true, column: ["title=Name", "due=When"] } });
    expect(answer).toEqual({ id: "1" });
    expect(sent.map(({ path }) => path)).toEqual(["/api/v1/imports?dryRun=true&column=title%3DName&column=due%3DWhen"]);
    expect(sent[0]?.init.body).toBe(file);
    expect(new Headers(sent[0]?.init.headers).get("Content-Type")).toBe("text/csv");
  });

  test("come with the name that the server gives them", async () => {
    const client = await signedIn(() => new Response("{}", { headers: { "Content-Disposition": 'attachment; filename="all.json"' } }));
    const { name, content } = await client.download(settingsOperations.exportAll, { query: { format: "json" } });
    expect([name, await content.text()]).toEqual(["all.json", "{}"]);
  });

  test("that are refused say why", async () => {
    const client = await signedIn(() => json(429, { detail: "another export is under way" }));
    await expect(client.download(settingsOperations.exportAll, {})).rejects.toMatchObject({ status: 429, message: "another export is under way" });
  });
});
