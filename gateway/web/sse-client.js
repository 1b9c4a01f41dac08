// @ts-check
/**
 * The events of the gateway in a browser: `GET /api/events/stream`, without dependencies. The types are in sse-client.d.ts.
 *
 *     import { EventStream } from "/sse-client.js";
 *     const stream = new EventStream({ eventTypes: ["task.*"], onstate: (state) => show(state) });
 *     stream.on("task.*", ({ subject, data }) => update(subject, data.task));
 *     stream.on("stream.reset", () => forgetEverything());
 *
 * Every event is delivered once, in the order of the stream, whatever happens to the network, the gateway or the page. Where
 * that cannot be, `stream.reset` is delivered: the page drops what it knows of `data.scope` (`tasks`, `workers` or `all`),
 * and a snapshot follows.
 *
 * Tabs with the same filters and the same sign-in share one connection through a SharedWorker; sse-worker.js tells how a tab
 * that joins late gets what the others know. Where there is no SharedWorker, or its script is refused, each
 * tab has a connection of its own.
 */

import { Connection, browserEnvironment } from "./sse-connection.js";

/** @typedef {import("./sse-client.d.ts").EventStream} Declared */
/** @typedef {import("./sse-client.d.ts").Options} Options */
/** @typedef {import("./sse-client.d.ts").State} State */
/** @typedef {import("./sse-client.d.ts").StateDetail} StateDetail */
/** @typedef {import("./sse-client.d.ts").StreamEvent} StreamEvent */
/** @typedef {import("./sse-client.d.ts").Delivery} Delivery */
/** @typedef {import("./sse-client.d.ts").Handler} Handler */
/** @typedef {import("./sse-connection.js").Settings} Settings */

/** The version of what tabs and worker tell each other: a tab never joins the worker of another version. */
const PROTOCOL = 1;
/** A worker that does not answer for so long is taken for dead, in milliseconds of a page that runs. */
const WORKER_TIMEOUT = 10_000;
const CHECK_INTERVAL = 5_000;
/** The worker is told after so many events that they were read. */
const READ_INTERVAL = 256;

/** @implements {Declared} */
export class EventStream {
  #settings;
  #workerUrl;
  #onstate;
  /** @type {Map<string, Set<Handler>>} */
  #handlers = new Map();
  /** The stream of this tab alone. @type {Connection | null} */
  #own = null;
  /** @type {MessagePort | null} */
  #port = null;
  /** @type {any} */
  #answerTimer;
  /** @type {any} */
  #checkTimer;
  /** How many events the worker sent since the tab joined. */
  #read = 0;
  /** Whether the page may know something. */
  #knows = false;
  #lastId = "";
  #signOuts;
  #listening = new AbortController();
  /** @type {State} */
  state = "Connecting";
  /** @type {StateDetail} */
  detail = {};
  /** @type {number | null} */
  lag = null;

  /** @param {Options} [options] */
  constructor(options = {}) {
    const { shared = true, workerUrl = new URL("./sse-worker.js", import.meta.url), onstate = () => {} } = options;
    this.#settings = settingsOf(options);
    this.#workerUrl = workerUrl;
    this.#onstate = onstate;
    this.#signOuts = new BroadcastChannel(this.#settings.signOutChannel);
    this.#signOuts.onmessage = () => this.#own?.signOut();
    this.#listen();
    onstate(this.state, this.detail);
    const beginsAtId = !["", "now"].includes(this.#settings.since);
    if (!shared || beginsAtId || !this.#share()) this.#connect();
  }

  get shared() {
    return this.#port !== null;
  }

  /**
   * @param {string} pattern
   * @param {Handler} handler
   */
  on(pattern, handler) {
    const handlers = this.#handlers.get(pattern) ?? new Set();
    this.#handlers.set(pattern, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  close() {
    if (this.state === "Closed") return;
    this.#listening.abort();
    this.#signOuts.close();
    this.#own?.close();
    this.#leave();
    this.#enter("Closed", {});
  }

  reopen() {
    if (this.#own) this.#own.reopen();
    else this.#tell("reopen");
  }

  signOut() {
    if (this.state === "Closed") return;
    if (this.#own) this.#own.signOut();
    else this.#tell("signOut");
    this.#signOuts.postMessage("signOut");
  }

  /** Hears of what can have cost the page its connection, or time. */
  #listen() {
    const { signal } = this.#listening;
    const check = () => this.#check();
    document.addEventListener("visibilitychange", check, { signal });
    document.addEventListener("resume", check, { signal });
    addEventListener("online", () => (this.#own ? this.#own.online() : this.#tell("online")), { signal });
    addEventListener("offline", () => (this.#own ? this.#own.offline() : this.#tell("offline")), { signal });
    // A page in the back/forward cache is told nothing. It joins anew when it is shown again.
    addEventListener("pagehide", () => this.#tell("leave"), { signal });
    addEventListener("pageshow", ({ persisted }) => (persisted && this.#port ? this.#join() : check()), { signal });
  }

  /** Has a connection of its own, which begins where the shared one ended. */
  #connect() {
    const sink = { onevent: this.#deliver.bind(this), onstate: this.#enter.bind(this) };
    const before = { lastId: this.#lastId, knows: this.#knows };
    this.#own = new Connection(this.#settings, sink, browserEnvironment(), before);
    this.#own.reopen();
  }

  /** Joins the worker; `false` if there cannot be one. */
  #share() {
    const { url, signOutChannel } = this.#settings;
    const name = `${signOutChannel} ${PROTOCOL} ${url}`;
    try {
      const worker = new SharedWorker(/** @type {any} */ (this.#workerUrl), { name, type: "module" });
      const { port } = worker;
      this.#port = port;
      worker.onerror = () => this.#abandon(port);
      port.onmessage = ({ data }) => this.#receive(port, data);
      port.start();
    } catch {
      // Not allowed here: by the content security policy, or in a sandbox.
      return false;
    }
    this.#join();
    return true;
  }

  #join() {
    if (!this.#port) return;
    this.#read = 0;
    this.#port.postMessage({ kind: "join", settings: this.#settings, knows: this.#knows });
    this.#awaitAnswer(() => this.#abandon(this.#port));
    this.#scheduleCheck();
  }

  /** Takes part no more. */
  #leave() {
    this.#tell("leave");
    this.#port?.close();
    this.#port = null;
    clearTimeout(this.#answerTimer);
    clearTimeout(this.#checkTimer);
  }

  /**
   * The worker does not work in this browser: has a connection of its own.
   * @param {MessagePort | null} port
   */
  #abandon(port) {
    if (port !== this.#port || !port) return;
    this.#leave();
    this.#connect();
  }

  /**
   * The worker has ended, or hangs: joins a new one.
   * @param {MessagePort} port
   */
  #revive(port) {
    if (port !== this.#port) return;
    this.#leave();
    if (!this.#share()) this.#connect();
  }

  #scheduleCheck() {
    clearTimeout(this.#checkTimer);
    this.#checkTimer = setTimeout(() => {
      this.#scheduleCheck();
      this.#check();
    }, CHECK_INTERVAL);
  }

  #check() {
    if (this.#own) return this.#own.check();
    const port = this.#port;
    if (!port) return;
    this.#tell("check");
    if (this.#answerTimer === undefined) this.#awaitAnswer(() => this.#revive(port));
  }

  /** @param {() => void} otherwise */
  #awaitAnswer(otherwise) {
    clearTimeout(this.#answerTimer);
    // Once more, because the answer can have come while the page was frozen, and the timer is heard before it.
    this.#answerTimer = setTimeout(() => {
      this.#answerTimer = setTimeout(otherwise, WORKER_TIMEOUT / 2);
    }, WORKER_TIMEOUT / 2);
  }

  /** @param {string} kind */
  #tell(kind) {
    this.#port?.postMessage({ kind, read: this.#read });
  }

  /**
   * @param {MessagePort} port
   * @param {any} message
   */
  #receive(port, message) {
    if (port !== this.#port) return;
    clearTimeout(this.#answerTimer);
    this.#answerTimer = undefined;
    if (message.kind === "alone") this.#abandon(port);
    else if (message.kind === "joined") this.#read = 0;
    else if (message.kind === "state") this.#enter(message.state, message.detail);
    else if (message.kind === "event") {
      this.#read += 1;
      if (this.#read % READ_INTERVAL === 0 || message.event.type === "heartbeat") this.#tell("read");
      this.#deliver(message.event, message.delivery);
    }
  }

  /**
   * @param {StreamEvent} event
   * @param {Delivery} delivery
   */
  #deliver(event, delivery) {
    this.#knows = true;
    this.#lastId = delivery.id;
    if (delivery.lag !== null) this.lag = delivery.lag;
    const { type } = event;
    const dots = [...type.matchAll(/\./g)].map((it) => `${type.slice(0, it.index)}.*`);
    for (const pattern of [type, ...dots, "*"]) {
      for (const handler of this.#handlers.get(pattern) ?? []) {
        // An error of one handler keeps the event from no other, and is seen in the console.
        try {
          handler(event, delivery);
        } catch (error) {
          reportError(error);
        }
      }
    }
  }

  /**
   * @param {State} state
   * @param {StateDetail} detail
   */
  #enter(state, detail) {
    if (this.state === "Closed") return;
    [this.state, this.detail] = [state, detail];
    if (detail.reason === "signed_out") this.#lastId = "";
    try {
      this.#onstate(state, detail);
    } catch (error) {
      reportError(error);
    }
  }
}

/**
 * @param {Options} options
 * @returns {Settings}
 */
function settingsOf(options) {
  const { eventTypes = [], taskIds = [], workerIds = [], since = "", signIn = "", withCredentials = false } = options;
  const url = new URL(options.url ?? "/api/events/stream", location.href);
  const filters = { event_types: eventTypes, task_ids: taskIds, worker_ids: workerIds };
  for (const [name, values] of Object.entries(filters)) {
    if (values.length > 0) url.searchParams.set(name, [...new Set(values)].sort().join(","));
  }
  if (since) url.searchParams.set("since", since);
  const { sessionUrl = "/api/me" } = options;
  return {
    url: url.href,
    eventTypes,
    since,
    sessionUrl: sessionUrl && new URL(sessionUrl, url).href,
    withCredentials,
    signOutChannel: `ccm-sse ${url.origin} ${signIn}`,
  };
}
