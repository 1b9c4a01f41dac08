// @ts-check
/**
 * One stream of events over a native EventSource, which resumes exactly. It runs in a page or in a SharedWorker and knows
 * neither: sse-client.js and sse-worker.js do.
 *
 * The EventSource never reconnects by itself. It would send no id after it was closed, proxies strip its `Last-Event-ID`, it
 * gives up after any status but 200, and it does not notice a connection that died silently. On any error it is
 * closed, and after a pause a new one asks for what follows the last id, by the parameter `last_event_id`.
 */

import { TYPES, isChange, resetEvent } from "./sse-events.js";

/** @typedef {import("./sse-client.d.ts").State} State */
/** @typedef {import("./sse-client.d.ts").StateDetail} StateDetail */
/** @typedef {import("./sse-client.d.ts").StreamEvent} StreamEvent */
/** @typedef {import("./sse-client.d.ts").Delivery} Delivery */

/**
 * @typedef {object} Settings What makes a stream; structured-cloneable.
 * @property {string} url Absolute, with the filters and without `last_event_id`.
 * @property {string[]} eventTypes The filter on types.
 * @property {string} since As in the filter; empty: a snapshot.
 * @property {string | null} sessionUrl
 * @property {boolean} withCredentials
 * @property {string} signOutChannel The name of the BroadcastChannel that announces a sign-out.
 */

/**
 * @typedef {object} Environment Time, chance and network, which tests replace.
 * @property {new (url: string, options: EventSourceInit) => EventSource} EventSource
 * @property {(run: () => void, milliseconds: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} now The wall clock, in milliseconds.
 * @property {() => number} monotonic Milliseconds since any moment.
 * @property {() => number} random From 0 to 1.
 * @property {() => boolean} isOnline
 * @property {(url: string, options: RequestInit) => Promise<{ status: number }>} fetch
 */

/**
 * @typedef {object} Sink
 * @property {(event: StreamEvent, delivery: Delivery) => void} onevent
 * @property {(state: State, detail: StateDetail) => void} onstate
 */

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
/** The longest pause that a server can ask for. */
const LONGEST_REQUESTED_PAUSE = 300_000;
/** A stream that lived this long starts the back-off anew. */
const HEALTHY = 30_000;
const CHECK_INTERVAL = 5_000;
/** A stream without a sign of life for so many heartbeats is dead. */
const SILENT_HEARTBEATS = 2.5;
/** A replay has caught up with the present when an event is not older, or when nothing comes for so long. */
const CAUGHT_UP = 1_000;

/** @returns {Environment} */
export function browserEnvironment() {
  return {
    EventSource: globalThis.EventSource,
    setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
    clearTimeout: (timer) => clearTimeout(timer),
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random: () => Math.random(),
    isOnline: () => navigator.onLine !== false,
    fetch: (url, options) => fetch(url, options),
  };
}

export class Connection {
  #settings;
  #sink;
  #env;
  /** @type {EventSource | null} */
  #source = null;
  #lastId;
  /** The id of the event itself. */
  #lastChange = "";
  /** Whether the present EventSource was opened with an id. */
  #resumes = false;
  /** Whether the page may know something, so that a snapshot has to replace it. */
  #hasDelivered = false;
  /** @type {string | undefined} */
  #user;
  /** @type {"snapshot" | "replay" | "live"} */
  #mode = "live";
  #attempts = 0;
  /** Changes with each stream and each command, so that a late answer is recognised. */
  #epoch = 0;
  /** @type {Moment | null} */
  #connectedAt = null;
  /** @type {Moment} */
  #heardAt;
  /** @type {{ since: Moment, pause: number } | null} */
  #waiting = null;
  #heartbeat = 15_000;
  /** The server's clock less ours, by the message that took the shortest time. @type {number | null} */
  #clockOffset = null;
  /** @type {{ retry?: any, check?: any, quiet?: any }} */
  #timers = {};
  /** @type {State} */
  state = "Connecting";
  /** @type {StateDetail} */
  detail = {};

  /**
   * @param {Settings} settings
   * @param {Sink} sink
   * @param {Environment} env
   * @param {{ lastId: string, knows: boolean }} [before] Where to begin, instead of `settings.since`, and whether the page
   *   knows something already.
   */
  constructor(settings, sink, env, before = { lastId: "", knows: false }) {
    this.#settings = settings;
    this.#sink = sink;
    this.#env = env;
    this.#lastId = before.lastId;
    this.#hasDelivered = before.knows;
    this.#heardAt = this.#moment();
  }

  get lastId() {
    return this.#lastId;
  }

  /** Connects now, unless it is closed for good. */
  reopen() {
    if (this.state === "Closed") return;
    this.#attempts = 0;
    if (this.#epoch > 0) this.#enter("Reconnecting", { seconds: 0, attempts: 0 });
    this.#open();
  }

  close() {
    this.#stop("Closed", {});
  }

  /** Ends the stream and forgets its position, which is of no use to the next user. */
  signOut() {
    if (this.state === "Closed") return;
    this.#lastId = this.#lastChange = "";
    this.#user = undefined;
    this.#stop("SignedOut", { reason: "signed_out" });
  }

  /** The network is back. */
  online() {
    if (this.#waiting) this.#retry();
    else this.check();
  }

  /** The network is gone. Attempts go on, rarely, because browsers are sometimes wrong about it. */
  offline() {
    if (!this.#source && !this.#waiting) return;
    this.#wait("offline", this.#jittered(LONGEST_PAUSE));
  }

  /**
   * Reopens a stream that is dead, and makes an attempt that is due, by the time that passed: the timers of a page that was
   * frozen, or of a machine that slept, did not run.
   */
  check() {
    if (this.#waiting && this.#since(this.#waiting.since) >= this.#waiting.pause) return this.#retry();
    if (!this.#source) return;
    const isSilent = this.#since(this.#heardAt) > SILENT_HEARTBEATS * this.#heartbeat;
    if (isSilent || this.#source.readyState === 2) {
      this.#enter("Reconnecting", { seconds: 0, attempts: this.#attempts, reason: "silent" });
      this.#open();
    }
  }

  #retry() {
    this.#enter(this.state, { ...this.detail, seconds: 0 });
    this.#open();
  }

  #open() {
    this.#drop();
    this.#epoch += 1;
    const url = new URL(this.#settings.url);
    this.#resumes = this.#lastId !== "";
    if (this.#resumes) url.searchParams.set("last_event_id", this.#lastId);
    const source = new this.#env.EventSource(url.href, { withCredentials: this.#settings.withCredentials });
    this.#source = source;
    this.#heardAt = this.#moment();
    source.onerror = () => this.#lost(source);
    const named = this.#settings.eventTypes.filter((it) => !it.endsWith("*"));
    for (const type of new Set([...TYPES, ...named])) {
      source.addEventListener(type, (message) => this.#receive(source, type, message));
    }
    this.#scheduleCheck();
  }

  /** Closes the EventSource and stops every timer. */
  #drop() {
    this.#source?.close();
    this.#source = this.#waiting = null;
    for (const timer of Object.values(this.#timers)) this.#env.clearTimeout(timer);
  }

  #scheduleCheck() {
    this.#timers.check = this.#env.setTimeout(() => {
      this.#scheduleCheck();
      this.check();
    }, CHECK_INTERVAL);
  }

  /**
   * @param {State} state
   * @param {StateDetail} detail
   */
  #stop(state, detail) {
    this.#drop();
    this.#epoch += 1;
    this.#connectedAt = null;
    this.#enter(state, detail);
  }

  /** @param {EventSource} source */
  #lost(source) {
    if (source !== this.#source) return;
    const wasRefused = source.readyState === 2;
    this.#wait("error");
    if (wasRefused) this.#askForSession();
  }

  /** Finds out whether the stream was refused because the session is over. */
  #askForSession() {
    const { sessionUrl, withCredentials } = this.#settings;
    if (sessionUrl === null) return;
    const epoch = this.#epoch;
    const credentials = withCredentials ? "include" : "same-origin";
    this.#env.fetch(sessionUrl, { credentials, cache: "no-store" }).then(
      ({ status }) => {
        if (status === 401 && epoch === this.#epoch) this.#stop("SignedOut", { reason: "expired" });
      },
      () => {},
    );
  }

  /**
   * Waits for the next attempt. The first pause is the one that the server asked for, exactly, as it drew it by chance.
   * @param {string} reason
   * @param {number} [requested] Milliseconds.
   */
  #wait(reason, requested) {
    if (this.#connectedAt && this.#since(this.#connectedAt) >= HEALTHY) this.#attempts = 0;
    this.#connectedAt = null;
    const own = this.#jittered(Math.min(FIRST_PAUSE * 2 ** Math.min(this.#attempts, 10), LONGEST_PAUSE));
    const first = Math.min(requested ?? own, LONGEST_REQUESTED_PAUSE);
    const pause = this.#attempts === 0 ? first : Math.max(first, own);
    this.#attempts += 1;
    this.#drop();
    this.#waiting = { since: this.#moment(), pause };
    this.#timers.retry = this.#env.setTimeout(() => this.#retry(), pause);
    const isOffline = reason === "offline" || !this.#env.isOnline();
    this.#enter(isOffline ? "Offline" : "Reconnecting", { seconds: pause / 1000, attempts: this.#attempts, reason });
  }

  /**
   * From half of it to all of it.
   * @param {number} milliseconds
   */
  #jittered(milliseconds) {
    return milliseconds * (0.5 + this.#env.random() / 2);
  }

  /**
   * @param {EventSource} source
   * @param {string} type
   * @param {MessageEvent} message
   */
  #receive(source, type, message) {
    if (source !== this.#source) return;
    this.#heardAt = this.#moment();
    /** @type {StreamEvent} */
    let event;
    try {
      event = JSON.parse(message.data);
    } catch {
      return;
    }
    // An event without a position has the one of the event before it, and so have changes within a part of a snapshot.
    const id = message.lastEventId;
    if (isChange(type)) {
      if (event.id === this.#lastChange) return;
      this.#lastChange = event.id;
    }
    if (type === "connected" && this.#isAnotherUser(event)) {
      this.#lastId = this.#lastChange = "";
      if (this.#resumes) return this.#open();
    }
    if (id !== "") this.#lastId = id;
    const lag = this.#lagOf(type, event);
    this.#deliver(event, lag);
    // Its receiver may have closed the stream.
    if (source === this.#source) this.#follow(type, event, lag);
  }

  /** @param {StreamEvent} event */
  #isAnotherUser(event) {
    const before = this.#user;
    const { user, roles, department } = event.data;
    // Other rights show other tasks: what was seen with the old ones is no beginning for the new ones.
    this.#user = JSON.stringify([user, roles, department ?? null]);
    return before !== undefined && before !== this.#user;
  }

  /**
   * @param {StreamEvent} event
   * @param {number | null} lag
   */
  #deliver(event, lag) {
    this.#sink.onevent(event, { id: this.#lastId, lag });
    // The snapshot that follows is not the continuation of what the page knows: what was deleted meanwhile is not in it.
    if (event.type === "connected" && !this.#resumes && this.#hasDelivered) {
      this.#sink.onevent(resetEvent("NOT_RESUMED", this.#env.now()), { id: this.#lastId, lag: null });
    }
    this.#hasDelivered = true;
  }

  /**
   * Does what the event asks of the client.
   * @param {string} type
   * @param {StreamEvent} event
   * @param {number | null} lag
   */
  #follow(type, event, lag) {
    const { data } = event;
    if (type === "connected") {
      this.#epoch += 1;
      this.#connectedAt = this.#moment();
      this.#heartbeat = (data.heartbeat_seconds ?? 15) * 1000;
      this.#catchUp(data.mode);
    } else if (type === "stream.reset") {
      this.#lastChange = "";
      this.#catchUp("snapshot");
    } else if (type === "snapshot.completed") {
      this.#catchUp("live");
    } else if (type === "auth.session.expired") {
      this.#stop("SignedOut", { reason: "expired" });
    } else if (type === "system.sse.shutdown" || type === "system.sse.rejected") {
      this.#wait(data.reason, data.reconnect_in_ms);
    } else if (this.#mode === "replay") {
      const isCurrent = type === "heartbeat" || (lag !== null && lag * 1000 <= CAUGHT_UP);
      this.#catchUp(isCurrent ? "live" : "replay");
    }
  }

  /** @param {"snapshot" | "replay" | "live"} mode */
  #catchUp(mode) {
    this.#mode = mode;
    this.#env.clearTimeout(this.#timers.quiet);
    if (mode === "replay") this.#timers.quiet = this.#env.setTimeout(() => this.#catchUp("live"), CAUGHT_UP);
    this.#enter(mode === "live" ? "Live" : "Replaying", {});
  }

  /**
   * Only differences count: the clocks of client and server need not agree.
   * @param {string} type
   * @param {StreamEvent} event
   */
  #lagOf(type, event) {
    const now = this.#env.now();
    if (type === "connected") this.#clockOffset = null;
    if (event.data?.server_time) {
      const offset = Date.parse(event.data.server_time) - now;
      this.#clockOffset = Math.max(this.#clockOffset ?? offset, offset);
      return (this.#clockOffset - offset) / 1000;
    }
    if (this.#clockOffset === null || !isChange(type)) return null;
    return Math.max(0, now + this.#clockOffset - Date.parse(event.time)) / 1000;
  }

  /**
   * @param {State} state
   * @param {StateDetail} detail
   */
  #enter(state, detail) {
    if (state === this.state && JSON.stringify(detail) === JSON.stringify(this.detail)) return;
    [this.state, this.detail] = [state, detail];
    this.#sink.onstate(state, detail);
  }

  /** @typedef {{ wall: number, monotonic: number }} Moment */

  /** @returns {Moment} */
  #moment() {
    return { wall: this.#env.now(), monotonic: this.#env.monotonic() };
  }

  /**
   * By the clock that saw more of it: the monotonic one can stop while the machine sleeps, and the other one can be set.
   * @param {Moment} moment
   */
  #since(moment) {
    return Math.max(this.#env.now() - moment.wall, this.#env.monotonic() - moment.monotonic);
  }
}
