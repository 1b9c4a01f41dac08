// A `ccm up` with a fleet in it, for pictures and benchmarks of the page.

import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { until } from "./clock.mjs";

const { CCM = "ccm" } = process.env;

/** A port that nothing listens on. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Fleet {
  /** @param {string} data @param {import("node:child_process").ChildProcess} child @param {string} base */
  constructor(data, child, base) {
    this.data = data;
    this.child = child;
    this.base = base;
  }

  /** Starts `ccm up` with a data directory of its own. @param {Record<string, string>} [settings] */
  static async start(settings = {}) {
    const data = await mkdtemp(join(tmpdir(), "ccm-fleet-"));
    const [gateway, tasks, workers] = [await freePort(), await freePort(), await freePort()];
    const listen = { CCM_GATEWAY_LISTEN: `127.0.0.1:${gateway}`, CCM_TASK_LISTEN: `127.0.0.1:${tasks}`, CCM_WORKER_LISTEN: `127.0.0.1:${workers}` };
    const env = { ...process.env, CCM_DATA_DIR: data, CCM_CALLER_RATE: "0", ...listen, ...settings };
    const child = spawn(CCM, ["up"], { env, stdio: ["ignore", "ignore", "ignore"] });
    const fleet = new Fleet(data, child, `http://localhost:${gateway}`);
    await until("the gateway is ready", () => fetch(`${fleet.base}/readyz`).then((it) => it.ok, () => false), 120);
    return fleet;
  }

  async stop() {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
    await rm(this.data, { recursive: true, force: true });
  }

  /** @param {string} subject @param {string} role @param {string[]} [more] */
  token(subject, role, more = []) {
    const env = { ...process.env, CCM_DATA_DIR: this.data };
    return execFileSync(CCM, ["token", "--sub", subject, "--role", role, ...more], { env, encoding: "utf8" }).trim();
  }

  /** A function that sends requests with this token. @param {string} token */
  caller(token) {
    return async (/** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body) => {
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": type }) };
      const answer = await fetch(this.base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text === "" ? null : JSON.parse(text);
    };
  }
}
