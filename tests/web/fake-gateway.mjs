// The part of the gateway that a page with a stream needs, in memory: sessions, tasks, the stream and the files of
// gateway/web. Tests make it do what a real one does rarely.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";

const WEB = new URL("../../gateway/web/", import.meta.url);
export const TOKEN = "only-for-tests";

export class FakeGateway {
  /** Every request for a stream: its query parameters, and its header Last-Event-ID. */
  requests = [];
  user = "ada";
  heartbeatSeconds = 15;
  /** Milliseconds that its clock is ahead. */
  skew = 0;
  /** The answer to the next requests for a stream, instead of a stream. */
  refuse = null;
  /** Whether it sends the event at the cursor again, which it must not. */
  repeatsItself = false;
  /** How a snapshot ends: `complete`, `broken` by the end of the stream, or `never`. */
  snapshotEnd = "complete";
  /** Whether it has lost its history. */
  hasLostHistory = false;
  #tasks = new Map();
  #log = [];
  #streams = new Set();
  #sockets = new Set();
  #server;
  #port = 0;

  async start() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = this.#server.address().port;
    return this;
  }

  /** As `kill -9` would. The tasks and the log stay. */
  async stop() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  get streams() {
    return this.#streams.size;
  }

  get cursor() {
    return `at-${this.#log.length}`;
  }

  createTask() {
    const task = { id: randomUUID(), revision: 1, status: "pending" };
    this.#tasks.set(task.id, task);
    this.#append("task.created", task.id, { revision: 1, before: null, task });
    return task;
  }

  updateTask({ id }) {
    const before = this.#tasks.get(id);
    const task = { ...before, revision: before.revision + 1, status: "running" };
    this.#tasks.set(id, task);
    this.#append("task.status.updated", id, { revision: task.revision, before: { status: before.status }, task });
  }

  deleteTask({ id }) {
    this.#tasks.delete(id);
    this.#append("task.deleted", id, { revision: 99, before: null, task: null });
  }

  heartbeat() {
    this.tell("heartbeat", { server_time: this.#now() }, this.cursor);
  }

  /** Tells all streams something that is not in the log. */
  tell(type, data, id, more = {}) {
    for (const stream of this.#streams) this.#write(stream, this.#event(type, data, more), id);
  }

  /** Ends all streams as a gateway that shuts down, or one whose token ended. */
  end(type, data) {
    this.tell(type, data);
    for (const stream of this.#streams) stream.end();
  }

  #now() {
    return new Date(Date.now() + this.skew).toISOString();
  }

  #event(type, data, more = {}) {
    return { specversion: "1.0", id: randomUUID(), type, source: "/ccm/fake", time: this.#now(), ...more, data };
  }

  #append(type, id, data) {
    const event = this.#event(type, data, { subject: `tasks/${id}` });
    this.#log.push(event);
    for (const stream of this.#streams) this.#write(stream, event, this.cursor);
  }

  #write(stream, event, id) {
    const idLine = id === undefined ? "" : `id: ${id}\n`;
    stream.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n${idLine}\n`);
  }

  async #answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.url);
    if (/^\/sse-\w+\.js$/.test(pathname)) {
      response.setHeader("content-type", "text/javascript; charset=utf-8");
      return response.end(await readFile(new URL(`.${pathname}`, WEB)));
    }
    const { authorization, cookie } = request.headers;
    if (authorization !== `Bearer ${TOKEN}` && !cookie?.includes(`session=${TOKEN}`)) {
      return response.writeHead(401).end();
    }
    if (pathname === "/api/session") {
      return response.writeHead(204, { "set-cookie": `session=${TOKEN}; HttpOnly; SameSite=Strict; Path=/` }).end();
    }
    if (pathname === "/api/tasks") {
      return response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify(this.createTask()));
    }
    if (pathname === "/api/events/stream") return this.#stream(request, response, searchParams);
    return response.writeHead(pathname === "/api/me" ? 200 : 404).end();
  }

  #stream(request, response, parameters) {
    this.requests.push({ parameters, header: request.headers["last-event-id"] });
    if (this.refuse) return response.writeHead(this.refuse).end();
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
    const asked = parameters.get("last_event_id") ?? request.headers["last-event-id"];
    const mode = asked ? "replay" : parameters.get("since") === "now" ? "live" : "snapshot";
    const resumed = mode === "replay" && !this.hasLostHistory;
    const connected = { user: this.user, roles: [], resumed, mode: mode === "replay" && !resumed ? "snapshot" : mode };
    const more = { heartbeat_seconds: this.heartbeatSeconds, server_time: this.#now() };
    this.#write(response, this.#event("connected", { ...connected, ...more }), mode === "live" ? this.cursor : asked);
    if (resumed) {
      const from = Number(asked.slice("at-".length)) - (this.repeatsItself ? 1 : 0);
      this.#log.forEach((event, at) => at >= from && this.#write(response, event, `at-${at + 1}`));
    } else if (mode !== "live") {
      if (mode === "replay") this.#write(response, this.#event("stream.reset", { reason: "TRIMMED", scope: "all" }));
      this.#snapshot(response);
    }
  }

  #snapshot(response) {
    for (const task of this.#tasks.values()) {
      this.#write(response, this.#event("task.snapshot", { task }, { subject: `tasks/${task.id}` }));
    }
    if (this.snapshotEnd === "broken") response.end();
    if (this.snapshotEnd !== "complete") return;
    this.#write(response, this.#event("snapshot.completed", { tasks: this.#tasks.size, workers: 0 }), this.cursor);
  }
}
