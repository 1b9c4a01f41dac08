// A gateway with very many tasks and workers. To create them would take minutes: the stream of a gateway is replaced by one
// that shows a task and a worker of it many times, under other names; all the rest is the gateway's.

import { once } from "node:events";
import { createServer, request as send } from "node:http";

export const titleOf = (/** @type {number} */ i) => `many ${String(i).padStart(5, "0")}`;

const NO_HISTORY = JSON.stringify({ items: [], next_page_token: null });

export class Crowded {
  #server;
  /** @type {import("node:http").ServerResponse | null} */
  #stream = null;
  #sent = 0;

  /**
   * @param {string} target the gateway
   * @param {{task: any, tasks: number, worker?: any, workers?: number}} crowd what is shown, and how often
   */
  constructor(target, crowd) {
    this.crowd = crowd;
    this.#server = createServer((request, response) => {
      if (request.url?.startsWith("/api/events/stream")) return this.#begin(response);
      const { method, url, headers } = request;
      // Those that are many have no history.
      const [, , kind, id = "", what = ""] = url?.split("/") ?? [];
      const like = kind === "tasks" ? crowd.task : crowd.worker;
      if (what.startsWith("events") && like && id.startsWith(like.id.slice(0, -5))) return response.setHeader("content-type", "application/json").end(NO_HISTORY);
      const forwarded = send(target + url, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(forwarded);
    });
  }

  async start() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get url() {
    return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (this.#server.address()).port}`;
  }

  /** Tells a change of a task. @param {number} i which one @param {any} before @param {any} after the changed members */
  change(i, before, after) {
    this.#sent += 1;
    const task = { ...this.#task(i), ...after, revision: 2 + this.#sent, updated_at: new Date().toISOString() };
    this.#tell("task.status.updated", { revision: task.revision, before, task, actor: "ada" }, `tasks/${task.id}`, `at-${this.#sent}`);
  }

  /** @param {number} i */
  #task(i) {
    const { task } = this.crowd;
    return { ...task, id: `${task.id.slice(0, -5)}${String(i).padStart(5, "0")}`, title: titleOf(i) };
  }

  /** @param {import("node:http").ServerResponse} response */
  #begin(response) {
    this.#stream = response;
    response.writeHead(200, { "content-type": "text/event-stream" });
    const { tasks, worker, workers = 0 } = this.crowd;
    const now = new Date().toISOString();
    this.#tell("connected", { user: "ada", roles: [], resumed: false, mode: "snapshot", heartbeat_seconds: 600, server_time: now });
    for (let i = 0; i < tasks; i += 1) this.#tell("task.snapshot", { task: this.#task(i) }, `tasks/${this.#task(i).id}`);
    for (let i = 0; i < workers; i += 1) {
      const id = `${worker.id.slice(0, -5)}${String(i).padStart(5, "0")}`;
      this.#tell("worker.snapshot", { worker: { ...worker, id, name: `lab ${i}` } }, `workers/${id}`);
    }
    this.#tell("snapshot.completed", { tasks, workers }, "", "at-0");
  }

  /** @param {string} type @param {any} data @param {string} [subject] @param {string} [id] */
  #tell(type, data, subject, id) {
    const event = { specversion: "1.0", id: crypto.randomUUID(), type, source: "/ccm/test", time: new Date().toISOString(), subject, trace_id: crypto.randomUUID().replaceAll("-", ""), data };
    this.#stream?.write(`event: ${type}\ndata: ${JSON.stringify(event)}\n${id ? `id: ${id}\n` : ""}\n`);
  }
}
