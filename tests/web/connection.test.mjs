// The connection against a fake gateway, over real sockets and with a clock of the test's.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Connection } from "../../gateway/web/sse-connection.js";
import { Clock, until } from "./clock.mjs";
import { TestEventSource } from "./event-source.mjs";
import { FakeGateway, TOKEN } from "./fake-gateway.mjs";

const SESSION = `session=${TOKEN}`;
let gateway, clock, connection, events, states;

beforeEach(async () => {
  gateway = await new FakeGateway().start();
  [clock, events, states] = [new Clock(), [], []];
});

afterEach(async () => {
  connection.close();
  await gateway.stop();
});

function connect({ since = "", eventTypes = [], cookie = SESSION, before } = {}) {
  const url = `${gateway.url}/api/events/stream${since && `?since=${since}`}`;
  const settings = { url, since, eventTypes, sessionUrl: `${gateway.url}/api/me`, withCredentials: false };
  const sink = {
    onevent: (event, delivery) => events.push({ ...event, delivery }),
    onstate: (state, detail) => states.push({ state, ...detail }),
  };
  connection = new Connection(settings, sink, clock.environment(TestEventSource, cookie), before);
  connection.reopen();
}

const inState = (state) => until(`it is ${state}`, () => connection.state === state);
const received = (type, count = 1) => until(`${count} ${type}`, () => ofType(type).length >= count);
const ofType = (type) => events.filter((it) => it.type === type);
const createdTasks = () => ofType("task.created").map((it) => it.data.task.id);
const lastRequest = () => gateway.requests.at(-1);

/** The stream breaks, and the pause before the next attempt is known. */
async function pauseAfter(cause) {
  const before = states.length;
  await cause();
  return until("it waits", () => states.slice(before).find((it) => it.seconds > 0));
}

test("a restart of the gateway loses nothing and repeats nothing", async () => {
  connect();
  await inState("Live");
  const first = gateway.createTask();
  await received("task.created");
  const pause = await pauseAfter(() => gateway.stop());
  const [second, third] = [gateway.createTask(), gateway.createTask()];
  await gateway.start();
  clock.advance(pause.seconds * 1000);
  await received("task.created", 3);
  assert.deepEqual(createdTasks(), [first.id, second.id, third.id]);
  assert.equal(lastRequest().parameters.get("last_event_id"), "at-1");
});

test("the id of a heartbeat is a position too", async () => {
  connect({ since: "now" });
  await inState("Live");
  gateway.tell("heartbeat", {}, "at-0-by-heartbeat");
  await received("heartbeat");
  const pause = await pauseAfter(() => gateway.end("task.updated", {}));
  clock.advance(pause.seconds * 1000);
  await until("it asks again", () => gateway.requests.length === 2);
  assert.equal(lastRequest().parameters.get("last_event_id"), "at-0-by-heartbeat");
});

test("an event that the gateway sends again is not delivered again", async () => {
  connect();
  await inState("Live");
  gateway.repeatsItself = true;
  const first = gateway.createTask();
  await received("task.created");
  const pause = await pauseAfter(() => gateway.stop());
  const second = gateway.createTask();
  await gateway.start();
  clock.advance(pause.seconds * 1000);
  await received("task.created", 2);
  assert.deepEqual(createdTasks(), [first.id, second.id]);
});

test("events without an id are no repetitions, and keep the position", async () => {
  connect();
  await inState("Live");
  gateway.createTask();
  gateway.tell("worker.metrics.updated", { worker_id: "w" });
  gateway.tell("worker.metrics.updated", { worker_id: "w" });
  await received("worker.metrics.updated", 2);
  assert.equal(connection.lastId, "at-1");
});

test("changes within a part of a snapshot, which have no position of their own, are no repetitions", async () => {
  gateway.snapshotEnd = "never";
  connect();
  await received("connected");
  gateway.tell("heartbeat", {}, "behind-the-first-part");
  for (const id of ["one", "two"]) gateway.tell("task.updated", { task: { id } }, undefined, { subject: `tasks/${id}` });
  gateway.tell("snapshot.completed", { tasks: 2, workers: 0 }, gateway.cursor);
  await inState("Live");
  assert.deepEqual(ofType("task.updated").map((it) => it.data.task.id), ["one", "two"]);
});

test("pauses double up to 30 seconds, less by chance, and never end", async () => {
  connect();
  gateway.refuse = 503;
  const pauses = [];
  for (const chance of [1, 1, 1, 1, 1, 1, 1, 0, 0.5]) {
    clock.chance = chance;
    const { seconds } = await pauseAfter(() => clock.advance((pauses.at(-1) ?? 0) * 1000));
    pauses.push(seconds);
  }
  assert.deepEqual(pauses, [1, 2, 4, 8, 16, 30, 30, 15, 22.5]);
});

test("a stream that was healthy starts the pauses anew, one that was not does not", async () => {
  connect();
  await inState("Live");
  const lost = () => pauseAfter(() => gateway.end("task.updated", {}));
  assert.equal((await lost()).seconds, 1);
  clock.advance(1_000);
  await inState("Replaying");
  assert.equal((await lost()).seconds, 2);
  clock.advance(2_000);
  await inState("Replaying");
  clock.advance(29_000);
  gateway.heartbeat();
  await received("heartbeat");
  clock.advance(1_000);
  assert.equal((await lost()).seconds, 1);
});

test("the first pause is the one that the gateway asks for, even a short one", async () => {
  connect();
  await inState("Live");
  const pause = await pauseAfter(() => gateway.end("system.sse.shutdown", { reason: "max_age", reconnect_in_ms: 70 }));
  assert.deepEqual(pause, { state: "Reconnecting", seconds: 0.07, attempts: 1, reason: "max_age" });
  await received("system.sse.shutdown");
});

test("repeated rejections make pauses longer than the gateway asks for", async () => {
  connect();
  await inState("Live");
  const rejection = ["system.sse.rejected", { reason: "too_many", reconnect_in_ms: 1_500 }];
  const pauses = [];
  for (const _ of [1, 2, 3]) {
    const { seconds } = await pauseAfter(() => gateway.end(...rejection));
    pauses.push(seconds);
    clock.advance(seconds * 1000);
    await until("a stream", () => gateway.streams === 1);
  }
  assert.deepEqual(pauses, [1.5, 2, 4]);
});

test("an expired session is not retried until it is reopened, and then resumed", async () => {
  connect();
  await inState("Live");
  gateway.createTask();
  await received("task.created");
  gateway.end("auth.session.expired", {});
  await inState("SignedOut");
  clock.advance(600_000);
  connection.check();
  connection.online();
  assert.deepEqual([gateway.requests.length, connection.detail], [1, { reason: "expired" }]);
  connection.reopen();
  await until("it asks again", () => gateway.requests.length === 2);
  assert.equal(lastRequest().parameters.get("last_event_id"), "at-1");
});

test("a stream that is refused without a session is signed out", async () => {
  gateway.refuse = 401;
  connect({ cookie: "session=of-yesterday" });
  await inState("SignedOut");
  clock.advance(600_000);
  assert.equal(gateway.requests.length, 1);
});

test("a closed stream is closed for good", async () => {
  connect();
  await inState("Live");
  connection.close();
  for (const attempt of ["reopen", "check", "online", "offline", "signOut"]) connection[attempt]();
  clock.advance(600_000);
  await until("the stream ends", () => gateway.streams === 0);
  assert.deepEqual([connection.state, gateway.requests.length], ["Closed", 1]);
});

test("a silent stream is replaced after two and a half heartbeats", async () => {
  connect();
  await inState("Live");
  clock.advance(35_000);
  assert.equal(connection.state, "Live");
  clock.advance(5_000);
  await until("it asks again", () => gateway.requests.length === 2);
  await until("the old stream is closed", () => gateway.streams === 1);
});

test("after a sleep without timers, a check replaces the stream at once and nothing is lost", async () => {
  connect();
  await inState("Live");
  clock.sleep(3_600_000);
  connection.check();
  const task = gateway.createTask();
  await received("task.created");
  assert.deepEqual([createdTasks(), gateway.requests.length], [[task.id], 2]);
});

test("a sleep in which the monotonic clock stood is noticed by the wall clock", async () => {
  connect();
  await inState("Live");
  clock.shift += 3_600_000;
  connection.check();
  await until("it asks again", () => gateway.requests.length === 2);
});

test("a wall clock that was set back does not hide a silence", async () => {
  connect();
  await inState("Live");
  clock.shift -= 3_600_000;
  clock.advance(40_000);
  await until("it asks again", () => gateway.requests.length === 2);
});

test("an attempt that came due during a sleep is made by a check", async () => {
  connect();
  await inState("Live");
  await pauseAfter(() => gateway.end("system.sse.shutdown", { reason: "shutdown", reconnect_in_ms: 5_000 }));
  connection.check();
  assert.equal(gateway.requests.length, 1);
  clock.sleep(5_000);
  connection.check();
  await until("it asks again", () => gateway.requests.length === 2);
});

test("without a network it is offline, and back at once", async () => {
  connect();
  await inState("Live");
  const pause = await pauseAfter(() => connection.offline());
  assert.deepEqual([pause.state, pause.seconds], ["Offline", 30]);
  connection.online();
  await until("it is back", () => ["Live", "Replaying"].includes(connection.state));
  assert.equal(gateway.requests.length, 2);
});

test("it is replaying until the snapshot is complete", async () => {
  gateway.createTask();
  connect();
  await inState("Live");
  assert.deepEqual(states.map((it) => it.state), ["Replaying", "Live"]);
  assert.deepEqual(events.map((it) => it.type), ["connected", "task.snapshot", "snapshot.completed"]);
});

for (const [what, happens] of [
  ["a heartbeat", () => gateway.heartbeat()],
  ["an event of now", () => gateway.createTask()],
  ["a second of silence", () => clock.advance(1_000)],
]) {
  test(`a replay has caught up at ${what}`, async () => {
    connect({ before: { lastId: "at-0", knows: true } });
    await inState("Replaying");
    gateway.tell("task.updated", {}, "at-0.5", { time: new Date(Date.now() - 60_000).toISOString() });
    await received("task.updated");
    assert.equal(connection.state, "Replaying");
    happens();
    await inState("Live");
  });
}

test("the lag does not depend on the clocks", async () => {
  gateway.skew = -3_600_000;
  connect();
  await inState("Live");
  gateway.tell("task.updated", {}, "at-1", { time: new Date(Date.now() + gateway.skew - 42_000).toISOString() });
  await received("task.updated");
  const [{ delivery }] = ofType("task.updated");
  assert.ok(delivery.lag >= 41 && delivery.lag < 60, String(delivery.lag));
});

test("a reset is delivered before the snapshot that replaces what was known", async () => {
  connect();
  await inState("Live");
  gateway.hasLostHistory = true;
  const pause = await pauseAfter(() => gateway.stop());
  gateway.createTask();
  await gateway.start();
  events.length = 0;
  clock.advance(pause.seconds * 1000);
  await received("snapshot.completed");
  assert.deepEqual(events.map((it) => it.type), ["connected", "stream.reset", "task.snapshot", "snapshot.completed"]);
});

test("a snapshot that broke off is replaced by a new one", async () => {
  gateway.snapshotEnd = "broken";
  gateway.createTask();
  connect();
  const pause = await pauseAfter(() => received("task.snapshot"));
  gateway.snapshotEnd = "complete";
  clock.advance(pause.seconds * 1000);
  await received("snapshot.completed");
  const types = events.map((it) => it.type);
  assert.deepEqual(types.slice(2), ["connected", "stream.reset", "task.snapshot", "snapshot.completed"]);
});

test("another user gets a snapshot of their own instead of the events since", async () => {
  connect();
  await inState("Live");
  gateway.createTask();
  await received("task.created");
  gateway.user = "grace";
  const pause = await pauseAfter(() => gateway.end("task.updated", {}));
  events.length = 0;
  clock.advance(pause.seconds * 1000);
  await received("snapshot.completed");
  assert.equal(lastRequest().parameters.get("last_event_id"), null);
  assert.deepEqual(events.map((it) => it.type), ["connected", "stream.reset", "task.snapshot", "snapshot.completed"]);
});

test("after a sign-out nothing of the position is left", async () => {
  connect();
  await inState("Live");
  connection.signOut();
  await until("the stream ends", () => gateway.streams === 0);
  assert.deepEqual([connection.state, connection.lastId], ["SignedOut", ""]);
  connection.reopen();
  await received("stream.reset");
  assert.equal(lastRequest().parameters.get("last_event_id"), null);
});
