// A reverse proxy between the browser and a gateway, real or fake. It counts the streams, breaks them, strips
// `Last-Event-ID` as many proxies do, and adds pages for the tests on the gateway's origin.

import { createServer, request as send } from "node:http";

const PAGE = "<!doctype html><title>test</title>";
/** What a page that allows no script URL but those of its policy `ccm` sends. */
const TRUSTED_TYPES = "script-src 'self'; worker-src 'self'; require-trusted-types-for 'script'; trusted-types ccm";

export class Proxy {
  #target;
  #server;
  #sockets = new Set();
  #streams = new Set();
  #port = 0;
  /** How many streams were ever opened. */
  opened = 0;

  /** @param {string} target */
  constructor(target) {
    this.#target = target;
  }

  async start() {
    this.#server = createServer((request, response) => this.#forward(request, response));
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = this.#server.address().port;
    return this;
  }

  /** Breaks every connection and takes no new one. */
  async stop() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** How many streams are open. */
  get streams() {
    return this.#streams.size;
  }

  #forward(incoming, outgoing) {
    if (incoming.url === "/test") return outgoing.setHeader("content-type", "text/html").end(PAGE);
    if (incoming.url === "/test-with-trusted-types") {
      outgoing.setHeader("content-security-policy", TRUSTED_TYPES);
      return outgoing.setHeader("content-type", "text/html").end(PAGE);
    }
    if (incoming.url.startsWith("/api/events/stream")) {
      this.opened += 1;
      this.#streams.add(outgoing);
      outgoing.on("close", () => this.#streams.delete(outgoing));
    }
    const { "last-event-id": _, ...headers } = incoming.headers;
    const forwarded = send(this.#target + incoming.url, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
      answer.on("close", () => outgoing.destroy());
    });
    forwarded.on("error", () => outgoing.destroy());
    outgoing.on("close", () => forwarded.destroy());
    incoming.pipe(forwarded);
  }
}
