// @ts-check
/**
 * The SharedWorker that holds one stream for all tabs with the same filters and the same sign-in: a browser opens only six
 * connections to a host by HTTP/1.1.
 *
 * A tab that joins late needs what the others know already. The worker keeps the latest resource of each subject, and tells
 * it to the tab as a snapshot, between two events of the stream: to the tab it looks like a stream of its own, in
 * which nothing is missing and nothing comes twice. That is exact for as long as the worker sees every change of what it
 * keeps. It does not if the filter names single types, if the stream began at a chosen id, or if there are more than
 * `MOST_RESOURCES`; a late tab is then told to open a stream of its own. With `since=now` there is nothing to tell.
 *
 * A tab that takes no events for a long time, because it is frozen, is not sent more than `MOST_UNREAD`: when it has read
 * them, it joins anew.
 *
 * A tab has gone when it says so. One that crashed says nothing and costs what it is sent until it is cut; the browser ends
 * the worker, and with it the stream, with the last tab. A Web Lock in each tab would tell sooner, but it would keep
 * the tab from being frozen and from the back/forward cache.
 */

import { Connection, browserEnvironment } from "./sse-connection.js";
import { isChange, resetEvent } from "./sse-events.js";

/** @typedef {import("./sse-connection.js").Settings} Settings */
/** @typedef {import("./sse-connection.js").Environment} Environment */
/** @typedef {import("./sse-client.d.ts").StreamEvent} StreamEvent */
/** @typedef {import("./sse-client.d.ts").Delivery} Delivery */

const MOST_RESOURCES = 50_000;
const MOST_UNREAD = 20_000;

/**
 * The latest resource of each subject, as the events of snapshots.
 */
class Resources {
  #limit;
  /** With the position behind it; `null` of a change. @type {Map<string, { event: StreamEvent, position: string | null }>} */
  #bySubject = new Map();
  /** Whether something did not fit. */
  isPartial = false;
  /** The end of the snapshot, once it came. @type {StreamEvent | null} */
  completed = null;

  /** @param {number} limit */
  constructor(limit) {
    this.#limit = limit;
  }

  clear() {
    this.#bySubject.clear();
    this.isPartial = false;
    this.completed = null;
  }

  /**
   * @param {StreamEvent} event
   * @param {string} position
   */
  apply(event, position) {
    const { type, subject, data } = event;
    const [kind] = type.split(".");
    if (type === "connected") this.#dropProvisional(position);
    else if (type === "stream.reset") this.#reset(data.scope);
    else if (type === "snapshot.completed") this.completed = event;
    else if (type.endsWith(".snapshot")) this.#put(String(subject), event, position);
    else if (type.endsWith(".deleted") || type.endsWith(".removed")) {
      this.#bySubject.delete(subject ?? `${kind}s/${data.id}`);
    } else if (isChange(type) && data[kind]) {
      const snapshot = { ...event, type: `${kind}.snapshot`, data: { [kind]: data[kind] } };
      this.#put(String(subject), snapshot, this.#bySubject.get(String(subject))?.position ?? null);
    }
  }

  /**
   * What a stream that began now would tell, with the id after each event. What is provisional comes last, with the id that it
   * comes after: a tab that is cut then forgets nothing else.
   * @param {string} position
   * @returns {[event: StreamEvent, id: string][]}
   */
  snapshot(position) {
    /** @type {[StreamEvent, string][]} */
    const confirmed = [];
    /** @type {[StreamEvent, string][]} */
    const provisional = [];
    for (const it of this.#bySubject.values()) {
      if (this.#isProvisional(it, position)) provisional.push([it.event, position]);
      else confirmed.push([it.event, ""]);
    }
    if (!this.completed) return [...confirmed, ...provisional];
    const count = (/** @type {string} */ type) => confirmed.filter(([event]) => event.type === type).length;
    const data = { tasks: count("task.snapshot"), workers: count("worker.snapshot") };
    return [...confirmed, [{ ...this.completed, data }, position]];
  }

  /**
   * Whether it comes again if the connection breaks now.
   * @param {{ position: string | null }} resource
   * @param {string} position
   */
  #isProvisional(resource, position) {
    return !this.completed && resource.position === position;
  }

  /** @param {string} position */
  #dropProvisional(position) {
    for (const [subject, it] of this.#bySubject) if (this.#isProvisional(it, position)) this.#bySubject.delete(subject);
  }

  /** @param {string} scope */
  #reset(scope) {
    if (scope === "all") this.clear();
    this.completed = null;
    for (const subject of this.#bySubject.keys()) {
      if (subject.startsWith(`${scope}/`)) this.#bySubject.delete(subject);
    }
  }

  /**
   * @param {string} subject
   * @param {StreamEvent} event
   * @param {string | null} position
   */
  #put(subject, event, position) {
    if (this.#bySubject.size >= this.#limit && !this.#bySubject.has(subject)) this.isPartial = true;
    if (this.isPartial) this.#bySubject.clear();
    else this.#bySubject.set(subject, { event, position });
  }
}

/**
 * A tab.
 * @typedef {object} Member
 * @property {number} sent How many events.
 * @property {number} read How many of them it has read, as far as is known.
 * @property {number} told How many of them it was told when it joined; any number of those can be unread.
 * @property {boolean} isCut Whether it was not sent something, so that it has to join anew.
 */

/** One connection and its tabs. */
export class Hub {
  #settings;
  #env;
  #limits;
  #connection;
  #resources;
  /** @type {Map<MessagePort, Member>} */
  #members = new Map();
  /** The last `connected`; `null` before the first. @type {StreamEvent | null} */
  #connected = null;

  /**
   * @param {Settings} settings
   * @param {Environment} env
   * @param {{ resources: number, unread: number }} [limits]
   */
  constructor(settings, env, limits = { resources: MOST_RESOURCES, unread: MOST_UNREAD }) {
    this.#settings = settings;
    this.#env = env;
    this.#limits = limits;
    this.#resources = new Resources(limits.resources);
    const sink = {
      onevent: this.#onevent.bind(this),
      onstate: () => this.#members.forEach((_, port) => this.#tellState(port)),
    };
    this.#connection = new Connection(settings, sink, env);
    this.#connection.reopen();
  }

  get isEmpty() {
    return this.#members.size === 0;
  }

  /**
   * Adds a tab, or adds it again.
   * @param {MessagePort} port
   * @param {boolean} knows Whether it knows something from before, which a snapshot has to replace.
   */
  join(port, knows) {
    if (this.#connected && !this.#canCatchUp()) {
      this.leave(port);
      return port.postMessage({ kind: "alone" });
    }
    // A tab that comes with a new session is connected, whatever became of the old one, of which it must not hear.
    if (this.#connection.state === "SignedOut" && !knows) this.#connection.reopen();
    const member = { sent: 0, read: 0, told: 0, isCut: false };
    this.#members.set(port, member);
    port.postMessage({ kind: "joined" });
    const { lastId } = this.#connection;
    const snapshot = this.#resources.snapshot(lastId);
    const begin = snapshot.length > 0 ? "" : lastId;
    if (knows) this.#send(port, member, resetEvent("REJOINED", this.#env.now()), { id: begin, lag: null });
    if (this.#connected) this.#send(port, member, this.#connected, { id: begin, lag: null });
    for (const [event, id] of snapshot) this.#send(port, member, event, { id, lag: null });
    member.told = member.sent;
    this.#tellState(port);
  }

  /** @param {MessagePort} port */
  leave(port) {
    this.#members.delete(port);
  }

  close() {
    this.#connection.close();
  }

  signOut() {
    this.#resources.clear();
    this.#connected = null;
    this.#connection.signOut();
  }

  /**
   * Does what a tab says, except joining and leaving.
   * @param {MessagePort} port
   * @param {{ kind: string, read?: number }} message
   */
  command(port, message) {
    this.#noteRead(port, message.read ?? 0);
    if (message.kind === "check") {
      this.#connection.check();
      port.postMessage({ kind: "alive" });
    } else if (message.kind === "online") this.#connection.online();
    else if (message.kind === "offline") this.#connection.offline();
    else if (message.kind === "reopen") this.#connection.reopen();
    else if (message.kind === "signOut") this.signOut();
  }

  /**
   * Every message of a tab says how much it has read.
   * @param {MessagePort} port
   * @param {number} read
   */
  #noteRead(port, read) {
    const member = this.#members.get(port);
    if (!member) return;
    member.read = read;
    if (member.isCut && member.read === member.sent) this.join(port, true);
  }

  /** Whether a tab can be told what it missed. */
  #canCatchUp() {
    const { eventTypes, since } = this.#settings;
    const seesEveryChange = eventTypes.every((it) => it === "*" || it === "task.*" || it === "worker.*");
    return since === "now" || (since === "" && seesEveryChange && !this.#resources.isPartial);
  }

  /** @param {Member} member */
  #isFarBehind(member) {
    return member.sent - Math.max(member.read, member.told) >= this.#limits.unread;
  }

  /**
   * @param {StreamEvent} event
   * @param {Delivery} delivery
   */
  #onevent(event, delivery) {
    if (event.type === "connected") this.#connected = event;
    if (this.#settings.since !== "now") this.#resources.apply(event, delivery.id);
    for (const [port, member] of this.#members) {
      member.isCut ||= this.#isFarBehind(member);
      if (!member.isCut) this.#send(port, member, event, delivery);
    }
  }

  /**
   * @param {MessagePort} port
   * @param {Member} member
   * @param {StreamEvent} event
   * @param {Delivery} delivery
   */
  #send(port, member, event, delivery) {
    member.sent += 1;
    port.postMessage({ kind: "event", event, delivery });
  }

  /** @param {MessagePort} port */
  #tellState(port) {
    port.postMessage({ kind: "state", state: this.#connection.state, detail: this.#connection.detail });
  }
}

/** Answers the tabs of this worker. A hub lives for as long as it has a tab. */
function serve() {
  /** @type {Hub | null} */
  let hub = null;
  /** @type {BroadcastChannel | null} */
  let signOuts = null;

  /** @param {MessagePort} port */
  function leave(port) {
    hub?.leave(port);
    if (!hub?.isEmpty) return;
    hub.close();
    hub = null;
  }

  /**
   * @param {MessagePort} port
   * @param {any} message
   */
  function receive(port, message) {
    if (message.kind === "leave") return leave(port);
    if (message.kind !== "join") return hub?.command(port, message);
    if (!signOuts) {
      signOuts = new BroadcastChannel(message.settings.signOutChannel);
      signOuts.onmessage = () => hub?.signOut();
    }
    hub ??= new Hub(message.settings, browserEnvironment());
    hub.join(port, message.knows);
    if (hub.isEmpty) leave(port);
  }

  /** @type {any} */ (globalThis).onconnect = (/** @type {MessageEvent} */ { ports: [port] }) => {
    port.onmessage = (/** @type {MessageEvent} */ { data }) => receive(port, data);
    port.start();
  };
}

if ("SharedWorkerGlobalScope" in globalThis) serve();
