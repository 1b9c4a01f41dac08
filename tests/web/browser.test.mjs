// The client in Chromium, against a fake gateway, or against the one at CCM_WEB_BASE, which takes CCM_WEB_TOKEN.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, test } from "node:test";

import { launch, launchFreezable, setLifecycle } from "./chromium.mjs";
import { until } from "./clock.mjs";
import { FakeGateway, TOKEN } from "./fake-gateway.mjs";
import { Proxy } from "./proxy.mjs";

const { CCM_WEB_BASE, CCM_WEB_TOKEN = TOKEN } = process.env;
const MINUTE = 60_000;
const authorization = `Bearer ${CCM_WEB_TOKEN}`;
let browser, fake, target, proxy, context;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

beforeEach(async () => {
  fake = CCM_WEB_BASE ? null : await new FakeGateway().start();
  target = CCM_WEB_BASE ?? fake.url;
  proxy = await new Proxy(target).start();
  context = await browser.newContext();
  await signIn();
});

afterEach(async () => {
  await context.close();
  await proxy.stop();
  await fake?.stop();
});

/** Exchanges the token for a cookie. */
async function signIn() {
  const page = await context.newPage();
  await page.goto(`${proxy.url}/test`);
  const options = { method: "POST", headers: { authorization } };
  assert.ok(await page.evaluate(async (it) => (await fetch("/api/session", it)).ok, options));
  await page.close();
}

/** Creates a task past the proxy, and returns its id. */
async function createTask() {
  const headers = { authorization, "content-type": "application/json" };
  const body = JSON.stringify({ title: "of a browser test" });
  const answer = await fetch(`${target}/api/tasks`, { method: "POST", headers, body });
  assert.equal(answer.status, 201);
  return (await answer.json()).id;
}

async function createTasks(count) {
  const ids = [];
  while (ids.length < count) ids.push(await createTask());
  return ids;
}

/** A tab whose page follows the events. */
class Tab {
  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.page = page;
  }

  static async open(options = {}, path = "/test", base = proxy.url) {
    const page = await context.newPage();
    await page.goto(base + path);
    await page.evaluate(async ({ policy, ...options }) => {
      const { EventStream } = await import("/sse-client.js");
      if (policy) {
        const { trustedTypes } = /** @type {any} */ (window);
        const made = trustedTypes.createPolicy(policy, { createScriptURL: (it) => it });
        options.workerUrl = made.createScriptURL("/sse-worker.js");
      }
      window.events = [];
      window.states = [];
      window.stream = new EventStream({ ...options, onstate: (state) => window.states.push(state) });
      window.stream.on("*", (event) => window.events.push(event));
    }, options);
    return new Tab(page);
  }

  get state() {
    return this.page.evaluate(() => window.stream.state);
  }

  get isShared() {
    return this.page.evaluate(() => window.stream.shared);
  }

  get events() {
    return this.page.evaluate(() => window.events);
  }

  inState(state) {
    return until(`the tab is ${state}`, async () => (await this.state) === state, 60);
  }

  async created() {
    const events = await this.events;
    return events.filter((it) => it.type === "task.created").map((it) => it.data.task.id);
  }

  /** The ids of the tasks that the page knows, if it follows every event. */
  async known() {
    const known = new Set();
    for (const { type, data } of await this.events) {
      if (type === "stream.reset") known.clear();
      else if (data.task) known.add(data.task.id);
    }
    return known;
  }

  /** Waits for the creation of these tasks, and checks that nothing came twice. */
  async hearsOf(ids) {
    const all = async () => {
      const created = await this.created();
      return ids.every((it) => created.includes(it));
    };
    await until("the tab hears of the tasks", all, 60);
    const created = (await this.created()).filter((it) => ids.includes(it));
    assert.deepEqual(created, ids);
    const changes = (await this.events).filter((it) => it.data.revision);
    assert.equal(new Set(changes.map((it) => it.id)).size, changes.length);
  }
}

async function openTabs(count, options) {
  const tabs = [];
  while (tabs.length < count) tabs.push(await Tab.open(options));
  for (const tab of tabs) await tab.inState("Live");
  return tabs;
}

test("eight tabs over HTTP/1.1 are live on one connection, and late ones know as much", async () => {
  const before = await createTasks(3);
  const tabs = await openTabs(8);
  assert.deepEqual([proxy.streams, proxy.opened], [1, 1]);
  const then = await createTasks(3);
  for (const tab of tabs) await tab.hearsOf(then);
  const late = await Tab.open();
  await late.inState("Live");
  const known = await late.known();
  assert.ok([...before, ...then].every((it) => known.has(it)));
  assert.equal(proxy.opened, 1);
});

for (const shared of [true, false]) {
  const whose = shared ? "shared" : "own";

  test(`a restart behind a proxy that strips Last-Event-ID loses nothing (${whose} stream)`, async () => {
    const tabs = await openTabs(2, { shared });
    const ids = await createTasks(1);
    for (const tab of tabs) await tab.hearsOf(ids);
    await proxy.stop();
    for (const tab of tabs) await tab.inState("Reconnecting");
    ids.push(...(await createTasks(3)));
    await proxy.start();
    for (const tab of tabs) {
      await tab.hearsOf(ids);
      await tab.inState("Live");
      assert.ok(!(await tab.events).some((it) => it.type === "stream.reset"), "it was resumed");
    }
    ids.push(...(await createTasks(1)));
    for (const tab of tabs) await tab.hearsOf(ids);
    assert.equal(proxy.streams, shared ? 1 : 2);
  });

  test(`a page that was frozen, while its connection broke, loses nothing (${whose} stream)`, async (t) => {
    const freezable = await launchFreezable();
    t.after(freezable.close);
    await context.close();
    context = freezable.context;
    await signIn();
    const [tab] = await openTabs(1, { shared });
    const ids = await createTasks(1);
    await tab.hearsOf(ids);
    await setLifecycle(tab.page, "frozen");
    ids.push(...(await createTasks(2)));
    await proxy.stop();
    ids.push(...(await createTasks(2)));
    await proxy.start();
    assert.equal((await tab.created()).length, 1, "a frozen page hears nothing");
    await setLifecycle(tab.page, "active");
    await tab.hearsOf(ids);
    await tab.inState("Live");
    assert.ok(!(await tab.events).some((it) => it.type === "stream.reset"), "it was resumed");
  });

  test(`a sign-out ends the streams of all tabs, whatever their filters (${whose} stream)`, async () => {
    const [one] = await openTabs(1, { shared, eventTypes: ["task.*"] });
    const [other] = await openTabs(1, { shared, eventTypes: ["worker.*"] });
    assert.equal(proxy.streams, 2);
    await one.page.evaluate(() => window.stream.signOut());
    await one.inState("SignedOut");
    await other.inState("SignedOut");
    await until("the streams end", () => proxy.streams === 0);
    await one.page.evaluate(() => window.stream.reopen());
    await one.inState("Live");
    assert.equal(await other.state, "SignedOut");
  });
}

if (CCM_WEB_BASE) {
  test("the EventSource of docs/stream.md shows the tasks that there are, whatever happens", async () => {
    const document = await readFile(new URL("../../docs/stream.md", import.meta.url), "utf8");
    const [, example] = document.match(/### EventSource\n\n```js\n(.*?)```/s);
    const page = await context.newPage();
    await page.goto(`${proxy.url}/test`);
    await page.evaluate((example) => {
      window.shown = new Map();
      const show = (subject, task) => window.shown.set(subject, task.title);
      const forget = (subject) => window.shown.delete(subject);
      const parameters = ["show", "forget", "forgetAll", "signIn"];
      new Function(...parameters, example)(show, forget, () => window.shown.clear(), () => {});
    }, example);
    const shows = (what, ...titles) =>
      until(what, async () => {
        const shown = await page.evaluate(() => Object.fromEntries(window.shown));
        const of = (id) => shown[`tasks/${id}`];
        return titles.every(([id, title]) => of(id) === title);
      });
    const change = async (method, id, body) => {
      const headers = { authorization, "content-type": "application/merge-patch+json" };
      const answer = await fetch(`${target}/api/tasks/${id}`, { method, headers, body });
      assert.ok(answer.ok, `${method}: ${answer.status}`);
    };
    const title = "of a browser test";
    const [first, second] = await createTasks(2);
    await shows("what is created", [first, title], [second, title]);
    await change("PATCH", second, JSON.stringify({ title: "changed" }));
    await change("DELETE", first);
    await shows("what is changed and deleted", [first, undefined], [second, "changed"]);
    await proxy.stop();
    await change("DELETE", second);
    const [third] = await createTasks(1);
    await proxy.start();
    await shows("what there is after a break", [second, undefined], [third, title]);
  });

  test("pages that are frozen for a minute lose nothing, whether or not the connection breaks", async (t) => {
    const freezable = await launchFreezable();
    t.after(freezable.close);
    const lasting = await new Proxy(target).start();
    t.after(() => lasting.stop());
    await context.close();
    context = freezable.context;
    await signIn();
    const tabs = [];
    for (const base of [proxy.url, lasting.url]) {
      for (const shared of [true, false]) tabs.push(await Tab.open({ shared }, "/test", base));
    }
    for (const tab of tabs) await tab.inState("Live");
    const ids = await createTasks(1);
    for (const tab of tabs) await tab.hearsOf(ids);
    for (const { page } of tabs) await setLifecycle(page, "frozen");
    const end = Date.now() + MINUTE;
    ids.push(...(await createTasks(2)));
    await proxy.stop();
    ids.push(...(await createTasks(2)));
    await proxy.start();
    await until("a minute has passed", () => Date.now() >= end, 90);
    for (const tab of tabs) assert.equal((await tab.created()).length, 1, "a frozen page hears nothing");
    for (const { page } of tabs) await setLifecycle(page, "active");
    for (const tab of tabs) {
      await tab.hearsOf(ids);
      await tab.inState("Live");
      assert.ok(!(await tab.events).some((it) => it.type === "stream.reset"), "it was resumed");
    }
  });
}

test("the stream ends with the last tab, not before", async () => {
  const [closed, navigated, last] = await openTabs(3);
  await closed.page.close();
  await navigated.page.goto(`${proxy.url}/test`);
  await last.hearsOf(await createTasks(1));
  await last.page.evaluate(() => window.stream.close());
  await until("the stream ends", () => proxy.streams === 0);
});

test("when the worker dies with the process that it is in, another tab has a new one", async () => {
  const [first, second] = await openTabs(2);
  const before = await createTasks(1);
  await second.hearsOf(before);
  await first.page.goto("chrome://crash").catch(() => {});
  await until("there is a new stream", () => proxy.opened === 2);
  await second.inState("Live");
  const then = await createTasks(1);
  await second.hearsOf(then);
  const known = await second.known();
  assert.ok([...before, ...then].every((it) => known.has(it)));
  assert.deepEqual([await second.isShared, proxy.streams], [true, 1]);
});

test("under Trusted Types the worker is shared with a script URL of the page's policy", async () => {
  const one = await Tab.open({ policy: "ccm" }, "/test-with-trusted-types");
  await one.inState("Live");
  assert.equal(await one.isShared, true);
});

test("where the worker is refused, a tab has a stream of its own", async () => {
  const refused = await Tab.open({}, "/test-with-trusted-types");
  const missing = await Tab.open({ workerUrl: "/no-such-worker.js" });
  for (const tab of [refused, missing]) {
    await tab.inState("Live");
    assert.equal(await tab.isShared, false);
  }
  const ids = await createTasks(1);
  for (const tab of [refused, missing]) await tab.hearsOf(ids);
});
