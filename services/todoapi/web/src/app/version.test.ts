import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { watchVersion } from "./version";

/** What browsers have of service workers, as far as the app looks at it. */
class Worker extends EventTarget {
  readonly postMessage = vi.fn();
}

class Registration extends EventTarget {
  waiting: Worker | null = null;
  installing: Worker | null = null;
  readonly update = vi.fn(() => Promise.resolve());

  /** A new version has come, and waits. */
  bring(): Worker {
    const worker = new Worker();
    this.installing = worker;
    this.dispatchEvent(new Event("updatefound"));
    this.waiting = worker;
    worker.dispatchEvent(new Event("statechange"));
    return worker;
  }
}

class Workers extends EventTarget {
  readonly registration = new Registration();
  constructor(public controller: Worker | null) {
    super();
  }
  register = () => Promise.resolve(this.registration);
}

const reload = vi.fn();

function browser(controller: Worker | null): Workers {
  const workers = new Workers(controller);
  vi.stubGlobal("navigator", { serviceWorker: workers });
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
  vi.stubGlobal("window", { location: { reload } });
  return workers;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv("PROD", true);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  reload.mockReset();
});

describe("a new version", () => {
  test("is offered once, and nothing changes until the person takes it", async () => {
    const workers = browser(new Worker());
    const offer = vi.fn<(load: () => void) => void>();
    await watchVersion(offer);
    const worker = workers.registration.bring();
    worker.dispatchEvent(new Event("statechange"));
    expect(offer).toHaveBeenCalledTimes(1);
    expect(worker.postMessage).not.toHaveBeenCalled();
    expect(reload).not.toHaveBeenCalled();

    offer.mock.calls[0]?.[0]();
    expect(worker.postMessage).toHaveBeenCalledWith("activate");
    workers.dispatchEvent(new Event("controllerchange"));
    expect(reload).toHaveBeenCalledTimes(1);
  });

  test("that waits since before is offered at the start", async () => {
    const workers = browser(new Worker());
    workers.registration.waiting = new Worker();
    const offer = vi.fn();
    await watchVersion(offer);
    expect(offer).toHaveBeenCalledTimes(1);
  });

  test("is asked for each hour by a page that is seen", async () => {
    const workers = browser(new Worker());
    await watchVersion(vi.fn());
    vi.advanceTimersByTime(3 * 60 * 60_000);
    expect(workers.registration.update).toHaveBeenCalledTimes(3);
  });
});

test("the first version of a browser is no new one, and nothing is loaded again", async () => {
  const workers = browser(null);
  const offer = vi.fn();
  await watchVersion(offer);
  workers.registration.bring();
  workers.dispatchEvent(new Event("controllerchange"));
  expect(offer).not.toHaveBeenCalled();
  expect(reload).not.toHaveBeenCalled();
});
