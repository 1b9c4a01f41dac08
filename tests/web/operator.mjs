// People in front of the page, in Chromium, and the product behind it: CCM_WEB_BASE is its address, and CCM_WEB_CONTROL that
// of a socket on which it takes what its API does not offer. Whatever a browser complains about fails the test.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, afterEach, before } from "node:test";

import { launch } from "./chromium.mjs";

export const { CCM_WEB_BASE: BASE = "", CCM_WEB_CONTROL = "" } = process.env;
/** What does not happen within it, in milliseconds, does not happen. */
const PATIENCE = Number(process.env.CCM_WEB_PATIENCE ?? 60_000);

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Person[]} */
let people = [];
let counter = 0;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

afterEach(async () => {
  const present = people;
  people = [];
  const problems = present.flatMap((it) => it.problems);
  await Promise.all(present.map((it) => it.context.close()));
  assert.deepEqual(problems, []);
});

/** A name that nothing else has. @param {string} what */
export function fresh(what) {
  counter += 1;
  return `${what} ${process.pid}-${counter}`;
}

/** Has the product do something, and returns what it says. @param {string} line */
export async function control(line) {
  const [host, port] = CCM_WEB_CONTROL.split(":");
  const socket = connect(Number(port), host).setEncoding("utf8");
  socket.write(`${line}\n`);
  let answer = "";
  socket.on("data", (it) => (answer += it));
  await once(socket, "close");
  return answer;
}

/** @typedef {{roles?: string[], department?: string, seconds?: number}} Rights */

/** A token. @param {string} subject @param {Rights} [rights] */
export function token(subject, { roles = ["admin"], department = "-", seconds = 3600 } = {}) {
  return control(`token ${seconds} ${subject} ${roles.join(",") || "-"} ${department}`);
}

/** Requests past the page, as whoever has the token. */
export class Api {
  /** @param {string} bearer */
  constructor(bearer) {
    this.bearer = bearer;
  }

  /** @param {string} method @param {string} path @param {any} [body] */
  async send(method, path, body) {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const headers = { authorization: `Bearer ${this.bearer}`, ...(body === undefined ? {} : { "content-type": type }) };
    const answer = await fetch(BASE + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  /** @param {string} path */
  get(path) {
    return this.send("GET", path);
  }

  /** @param {any} [of] */
  createTask(of = {}) {
    return this.send("POST", "/api/tasks", { title: fresh("task"), ...of });
  }

  /** @param {any} [of] */
  createWorker(of = {}) {
    return this.send("POST", "/api/workers", { name: fresh("lab"), region: "us-east-1", instance_type: "m5.metal", ...of });
  }

  /** @param {string} path @param {any} [body] */
  patch(path, body) {
    return this.send("PATCH", path, body);
  }

}

/** @typedef {Rights & {browser?: import("playwright-core").BrowserContextOptions, base?: string}} Options */

/** Somebody with a browser of their own. */
export class Person {
  /** What the browser complained about. @type {string[]} */
  problems = [];
  /** Complaints that a test provokes. @type {RegExp[]} */
  #expected = [];

  /** @param {import("playwright-core").BrowserContext} context @param {import("playwright-core").Page} page @param {string} bearer @param {string} base */
  constructor(context, page, bearer, base) {
    this.base = base;
    this.context = context;
    this.page = page;
    this.api = new Api(bearer);
    this.#watch();
  }

  /** With a browser that has no session yet. @param {string} subject @param {Options} [options] `base` is where the gateway is */
  static async arrive(subject, { browser: options = {}, base = BASE, ...rights } = {}) {
    const bearer = await token(subject, rights);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(PATIENCE);
    // What a policy forbids is told to the console, where it is seen.
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
        console.error(`policy: ${violatedDirective} forbids ${blockedURI} ${sample}`);
      });
    });
    const person = new Person(context, await context.newPage(), bearer, base);
    people.push(person);
    return person;
  }

  /** With a session, at a view that is live. @param {string} subject @param {string} [path] @param {Options} [options] */
  static async at(subject, path = "/", options = {}) {
    const person = await Person.arrive(subject, options);
    await person.signIn();
    await person.open(path);
    return person;
  }

  #watch() {
    const note = (/** @type {string} */ it) => {
      if (!this.#expected.some((expected) => expected.test(it))) this.problems.push(it);
    };
    this.context.on("console", (it) => {
      if (["error", "warning"].includes(it.type())) note(`${it.type()}: ${it.text()} ${it.location().url}`);
    });
    this.context.on("weberror", (it) => note(`uncaught: ${it.error().stack}`));
    this.context.on("dialog", (it) => {
      note(`dialog: ${it.message()}`);
      void it.dismiss();
    });
    this.context.on("request", (it) => {
      if (!it.url().startsWith(`${this.base}/`) && !it.url().startsWith("data:")) note(`request: ${it.url()}`);
    });
  }

  /** A complaint that the test provokes. @param {RegExp} complaint */
  expects(complaint) {
    this.#expected.push(complaint);
  }

  /** Begins a session, past the page. @param {string} [bearer] */
  async signIn(bearer = this.api.bearer) {
    const answer = await this.context.request.post(`${this.base}/api/session`, { headers: { authorization: `Bearer ${bearer}` } });
    assert.equal(answer.status(), 204);
  }

  /** @param {string} path */
  async open(path) {
    await this.page.goto(this.base + path);
    await this.isLive();
  }

  isLive() {
    return this.badge("Live");
  }

  /** @param {string} state */
  badge(state) {
    return this.page.locator(`#badge [data-state=${state}]`).waitFor();
  }

  /** Waits for a message. @param {string | RegExp} text */
  toast(text) {
    return this.page.locator(".toast").filter({ hasText: text }).first().waitFor();
  }

  /** Waits until the element shows this text. @param {string} selector @param {string | RegExp} text */
  sees(selector, text) {
    return this.page.locator(selector).filter({ hasText: text }).first().waitFor();
  }

  /** Waits until nothing of it is there. @param {string} selector @param {string | RegExp} [text] */
  async seesNo(selector, text) {
    const found = this.page.locator(selector);
    await (text === undefined ? found : found.filter({ hasText: text })).first().waitFor({ state: "detached" });
  }

  /** The row of a task or worker. @param {string} id */
  row(id) {
    return this.page.locator(`tr.row[data-id="${id}"]`);
  }

  /** Waits until a condition holds in the page. @param {(argument: any) => any} condition @param {any} [argument] */
  until(condition, argument) {
    return this.page.waitForFunction(condition, argument);
  }
}
