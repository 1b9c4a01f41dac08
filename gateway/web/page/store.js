// @ts-check
/** The tasks and workers that the caller may see, kept current by the event stream, and the latest events. No DOM. */

/** @typedef {import("../sse-client.d.ts").StreamEvent} StreamEvent */
/** @typedef {import("../sse-client.d.ts").Delivery} Delivery */
/** @typedef {import("../sse-client.d.ts").State} State */
/** @typedef {import("../sse-client.d.ts").StateDetail} StateDetail */

const MAX_LINES = 2_000;

export class Store {
  /** By id. @type {Map<string, any>} */
  tasks = new Map();
  /** By id. @type {Map<string, any>} */
  workers = new Map();
  /** The latest change of a task or worker, by its id: its revision and its trace. @type {Map<string, {revision: number, trace_id?: string, trace_url?: string}>} */
  #latest = new Map();
  /** The latest changes, oldest first. @type {StreamEvent[]} */
  timeline = [];
  /** Since when the timeline is complete, in milliseconds since 1970. */
  since = Date.now();
  /** Whether a snapshot has come to its end. */
  loaded = false;
  /** @type {State} */
  state = "Connecting";
  /** @type {StateDetail} */
  detail = {};
  /** Counts the changes of tasks, workers and timeline: whoever has seen a number has seen its changes. */
  versions = { tasks: 0, workers: 0, timeline: 0 };

  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {Set<(event: StreamEvent) => void>} */
  #watchers = new Set();
  /** The ids that the present snapshot has shown; `null` while there is none. @type {{tasks: Set<string> | null, workers: Set<string> | null}} */
  #shown = { tasks: new Set(), workers: new Set() };
  /** What a connection that breaks would make unsaid: shown since the last id. @type {[kind: "tasks" | "workers", id: string][]} */
  #provisional = [];
  #position = "";

  /** Calls `listener` after each change. @param {() => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `watcher` with each change that happens from now on; not with those that are replayed. @param {(event: StreamEvent) => void} watcher */
  watch(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** @param {State} state @param {StateDetail} detail */
  connection(state, detail) {
    this.state = state;
    this.detail = detail;
    this.#tell();
  }

  /** Forgets everything: somebody else signed in. */
  clear() {
    this.tasks.clear();
    this.workers.clear();
    this.#latest.clear();
    this.timeline = [];
    this.since = Date.now();
    this.loaded = false;
    this.#shown = { tasks: new Set(), workers: new Set() };
    this.#changed("tasks", "workers", "timeline");
  }

  /** Takes an event of the stream. @param {StreamEvent} event @param {Delivery} delivery */
  take(event, delivery) {
    const { type, data } = event;
    if (type === "connected") return this.#unsay();
    if (type === "stream.reset") return this.#reset(data.scope);
    if (type === "snapshot.completed") return this.#completed();
    const [kind, id] = /** @type {["tasks" | "workers", string]} */ ((event.subject ?? "").split("/"));
    if (kind !== "tasks" && kind !== "workers") return;
    if (type === "worker.metrics.updated") return this.#measured(id, data.utilization);
    const isSnapshot = type.endsWith(".snapshot");
    const resource = data[kind === "tasks" ? "task" : "worker"];
    if (resource) {
      this.#put(kind, id, resource);
      // The shared worker tells what it knows as a snapshot, but with the trace of the change.
      if (event.trace_id) this.#latest.set(id, { revision: resource.revision, trace_id: event.trace_id, trace_url: event.trace_url });
    } else this.#forget(kind, id);
    this.#shown[kind]?.add(id);
    if (isSnapshot) this.#say(kind, id, delivery.id);
    else this.#add(event);
    this.#changed(kind);
  }

  /** The trace of the last change, which the snapshot of the gateway does not tell. @param {{id: string, revision: number}} resource */
  lastChange({ id, revision }) {
    const known = this.#latest.get(id);
    return known?.revision === revision ? known : null;
  }

  /** @param {"tasks" | "workers"} kind @param {string} id */
  #forget(kind, id) {
    this[kind].delete(id);
    this.#latest.delete(id);
  }

  /** @param {"tasks" | "workers"} kind @param {string} id @param {any} resource */
  #put(kind, id, resource) {
    const known = this[kind].get(id);
    if (known && known.revision > resource.revision) return;
    // Events do not tell the utilization.
    const keeps = kind === "workers" && resource.status === "running" && !resource.utilization && known?.utilization;
    this[kind].set(id, keeps ? { ...resource, utilization: known.utilization } : resource);
  }

  /** @param {string} id @param {any} utilization */
  #measured(id, utilization) {
    const worker = this.workers.get(id);
    if (!worker) return;
    this.workers.set(id, { ...worker, utilization });
    this.#changed("workers");
  }

  /** @param {StreamEvent} event */
  #add(event) {
    this.timeline.push(event);
    if (this.timeline.length > MAX_LINES * 1.25) {
      this.timeline = this.timeline.slice(-MAX_LINES);
      this.since = Date.parse(this.timeline[0].time);
    }
    this.versions.timeline += 1;
    if (this.state === "Live") for (const it of this.#watchers) it(event);
  }

  /** @param {"tasks" | "workers"} kind @param {string} id @param {string} position */
  #say(kind, id, position) {
    if (position !== this.#position) this.#provisional = [];
    this.#position = position;
    this.#provisional.push([kind, id]);
  }

  #unsay() {
    for (const [kind, id] of this.#provisional) {
      if (this.#shown[kind]?.delete(id)) this.#forget(kind, id);
    }
    this.#provisional = [];
    this.#changed("tasks", "workers");
  }

  /** A snapshot follows; what it does not show is removed at its end, so that the page does not go blank. @param {string} scope */
  #reset(scope) {
    if (scope !== "workers") this.#shown.tasks = new Set();
    if (scope !== "tasks") this.#shown.workers = new Set();
    this.#provisional = [];
  }

  #completed() {
    for (const kind of /** @type {const} */ (["tasks", "workers"])) {
      const shown = this.#shown[kind];
      if (shown) for (const id of this[kind].keys()) if (!shown.has(id)) this.#forget(kind, id);
    }
    this.#shown = { tasks: null, workers: null };
    this.#provisional = [];
    this.loaded = true;
    this.#changed("tasks", "workers");
  }

  /** @param {("tasks" | "workers" | "timeline")[]} kinds */
  #changed(...kinds) {
    for (const it of kinds) this.versions[it] += 1;
    this.#tell();
  }

  #tell() {
    for (const it of this.#listeners) it();
  }
}
