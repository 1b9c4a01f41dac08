// What the SharedWorker tells its tabs, with ports of the test's instead of a worker's.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Store } from "../../gateway/web/page/store.js";
import { Hub } from "../../gateway/web/sse-worker.js";
import { Clock, until } from "./clock.mjs";
import { TestEventSource } from "./event-source.mjs";
import { FakeGateway, TOKEN } from "./fake-gateway.mjs";

let clock, gateway, hub;

beforeEach(async () => {
  gateway = await new FakeGateway().start();
});

afterEach(async () => {
  hub.close();
  await gateway.stop();
});

function open({ since = "", eventTypes = [], limits } = {}) {
  const url = `${gateway.url}/api/events/stream${since && `?since=${since}`}`;
  const settings = { url, since, eventTypes, sessionUrl: null, withCredentials: false, signOutChannel: "" };
  clock = new Clock();
  hub = new Hub(settings, clock.environment(TestEventSource, `session=${TOKEN}`), limits);
}

/** A tab, as the worker sees it. */
class Tab {
  messages = [];
  /** What the page makes of it. */
  store = new Store();

  constructor({ knows = false } = {}) {
    hub.join(this, knows);
  }

  postMessage(message) {
    this.messages.push(structuredClone(message));
    if (message.kind === "event") this.store.take(message.event, message.delivery);
  }

  get events() {
    return this.messages.filter((it) => it.kind === "event").map((it) => it.event);
  }

  get types() {
    return this.events.map((it) => it.type);
  }

  get states() {
    return this.messages.filter((it) => it.kind === "state").map((it) => it.state);
  }

  get state() {
    return this.states.at(-1);
  }

  get isAlone() {
    return this.messages.some((it) => it.kind === "alone");
  }

  /** The tasks that a page which follows the events knows. */
  get tasks() {
    const tasks = new Map();
    for (const { type, subject, data } of this.events) {
      if (type === "stream.reset") tasks.clear();
      else if (type === "task.deleted") tasks.delete(subject);
      else if (data.task) tasks.set(subject, data.task);
    }
    return [...tasks.values()];
  }

  /** Says that it has read so many events since it joined, or all. */
  read(count = this.messages.slice(this.messages.findLastIndex((it) => it.kind === "joined")).filter((it) => it.kind === "event").length) {
    hub.command(this, { kind: "check", read: count });
  }

  live() {
    return until("the tab is live", () => this.state === "Live");
  }

  received(type, count = 1) {
    return until(`${count} ${type}`, () => this.types.filter((it) => it === type).length >= count);
  }
}

test("a late tab learns what the others know, and then hears the same events", async () => {
  const [kept, changed, deleted] = [gateway.createTask(), gateway.createTask(), gateway.createTask()];
  open();
  const early = new Tab();
  await early.live();
  gateway.updateTask(changed);
  gateway.deleteTask(deleted);
  const created = gateway.createTask();
  await early.received("task.created");
  const late = new Tab();
  assert.deepEqual(late.types, ["connected", "task.snapshot", "task.snapshot", "task.snapshot", "snapshot.completed"]);
  assert.deepEqual(late.events.at(-1).data, { tasks: 3, workers: 0 });
  assert.equal(late.state, "Live");
  gateway.updateTask(kept);
  await late.received("task.status.updated");
  assert.deepEqual(late.tasks, early.tasks);
  assert.deepEqual(late.tasks.map((it) => it.id), [kept.id, changed.id, created.id]);
  assert.equal(gateway.requests.length, 1);
});

test("a tab that joins during the snapshot gets all of it once", async () => {
  const task = gateway.createTask();
  gateway.snapshotEnd = "never";
  open();
  const early = new Tab();
  await early.received("task.snapshot");
  const late = new Tab();
  gateway.tell("task.snapshot", { task: { id: "t" } }, undefined, { subject: "tasks/t" });
  gateway.tell("snapshot.completed", { tasks: 2, workers: 0 }, gateway.cursor);
  await late.live();
  assert.deepEqual(late.types, ["connected", "task.snapshot", "task.snapshot", "snapshot.completed"]);
  assert.deepEqual(late.tasks.map((it) => it.id), [task.id, "t"]);
});

test("a tab that joins during the snapshot forgets only what comes again if the connection breaks", async () => {
  gateway.snapshotEnd = "never";
  open();
  const early = new Tab();
  await early.received("connected");
  const tell = (id) => gateway.tell("task.snapshot", { task: { id, revision: 1 } }, undefined, { subject: `tasks/${id}` });
  // The second part of the snapshot is cut: it comes again, without what was deleted meanwhile.
  for (const id of ["one", "two"]) tell(id);
  gateway.tell("heartbeat", {}, "at-0");
  for (const id of ["three", "four"]) tell(id);
  await early.received("task.snapshot", 4);
  const late = new Tab();
  assert.deepEqual([...late.store.tasks.keys()], ["one", "two", "three", "four"]);
  gateway.end("system.sse.shutdown", { reason: "shutdown", reconnect_in_ms: 1 });
  await late.received("system.sse.shutdown");
  clock.advance(1_000);
  await late.received("connected", 2);
  const later = new Tab();
  for (const tab of [early, late, later]) assert.deepEqual([...tab.store.tasks.keys()], ["one", "two"]);
  tell("four");
  gateway.tell("snapshot.completed", { tasks: 3, workers: 0 }, "at-0");
  await later.received("snapshot.completed");
  for (const tab of [early, late, later]) assert.deepEqual([...tab.store.tasks.keys()], ["one", "two", "four"]);
});

test("a reset forgets what a late tab would be told", async () => {
  gateway.createTask();
  open();
  const early = new Tab();
  await early.live();
  gateway.tell("stream.reset", { reason: "TRIMMED", scope: "tasks" });
  await early.received("stream.reset");
  const late = new Tab();
  assert.deepEqual([late.types, late.state], [["connected"], "Replaying"]);
});

for (const [what, options] of [
  ["the filter names single types", { eventTypes: ["task.created"] }],
  ["there are too many resources", { limits: { resources: 1, unread: 100 } }],
]) {
  test(`a late tab has a stream of its own if ${what}`, async () => {
    gateway.createTask();
    gateway.createTask();
    open(options);
    const early = new Tab();
    await early.live();
    const late = new Tab();
    assert.deepEqual([late.isAlone, late.events], [true, []]);
    gateway.createTask();
    await early.received("task.created");
    assert.deepEqual(late.events, []);
  });
}

test("with since=now a late tab hears what comes now", async () => {
  open({ since: "now" });
  const early = new Tab();
  await early.live();
  gateway.createTask();
  await early.received("task.created");
  const late = new Tab();
  gateway.createTask();
  await late.received("task.created");
  assert.deepEqual(late.types, ["connected", "task.created"]);
});

test("a tab that knows something drops it when it joins again", async () => {
  gateway.createTask();
  open();
  const tab = new Tab();
  await tab.live();
  hub.leave(tab);
  const again = new Tab({ knows: true });
  assert.deepEqual(again.types, ["stream.reset", "connected", "task.snapshot", "snapshot.completed"]);
});

test("a tab that reads nothing is cut, and joins again when it reads", async () => {
  open({ limits: { resources: 100, unread: 10 } });
  const [frozen, other] = [new Tab(), new Tab()];
  await other.live();
  other.read();
  for (let count = 1; count <= 20; count += 1) {
    gateway.createTask();
    await other.received("task.created", count);
    other.read();
  }
  assert.equal(frozen.events.length, 10);
  // It reads in steps, and what comes between them would follow a gap.
  frozen.read(6);
  gateway.createTask();
  await other.received("task.created", 21);
  assert.equal(frozen.events.length, 10);
  frozen.read();
  assert.equal(frozen.events[10].type, "stream.reset");
  assert.deepEqual(frozen.tasks, other.tasks);
  // What it is told when it joins can be any number.
  gateway.createTask();
  await frozen.received("task.created", 9);
  assert.deepEqual(frozen.tasks, other.tasks);
});

test("a sign-out ends the stream of every tab, and no later tab is told what the user saw", async () => {
  gateway.createTask();
  open();
  const [one, other] = [new Tab(), new Tab()];
  await other.live();
  hub.command(one, { kind: "signOut" });
  assert.deepEqual([one.state, other.state], ["SignedOut", "SignedOut"]);
  await until("the stream ends", () => gateway.streams === 0);
  gateway.user = "grace";
  const next = new Tab();
  assert.deepEqual(next.events, []);
  await next.live();
  assert.equal(next.events.find((it) => it.type === "connected").data.user, "grace");
  assert.ok(other.types.includes("stream.reset"));
});

test("a tab that comes after a new sign-in hears nothing of the session that ended", async () => {
  gateway.createTask();
  open();
  const old = new Tab();
  await old.live();
  gateway.end("auth.session.expired", { reason: "expired" });
  await until("the session is over", () => old.state === "SignedOut");
  const next = new Tab();
  await until("the stream is back", () => gateway.requests.length === 2 && gateway.streams === 1);
  gateway.heartbeat();
  await next.live();
  assert.ok(!next.states.includes("SignedOut"), next.states.join());
  assert.equal(old.state, "Live");
  assert.deepEqual(next.tasks, old.tasks);
});

test("a check is answered, so that a tab knows that the worker lives", () => {
  open();
  const tab = new Tab();
  hub.command(tab, { kind: "check" });
  assert.equal(tab.messages.at(-1).kind, "alive");
});
