// Does with the types that openapi-typescript has made, and with openapi-fetch, what a client does. Arguments: the product's
// address, and the folder of what was generated. Environment: CCM_TOKEN, the token of an admin; CCM_USER_TOKEN, one of a user.
// Fails if an answer is not as its type says, or if an operation or a schema was left out. The compiler has checked the rest.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import createClient from "openapi-fetch";

import type { components, paths } from "#schema";

type Schemas = components["schemas"];

/** Milliseconds for a worker to get where it should. */
const PATIENCE = 60_000;

const [address = "", folder = ""] = process.argv.slice(2);
const { CCM_TOKEN = "", CCM_USER_TOKEN = "" } = process.env;

const description = JSON.parse(readFileSync(`${folder}/openapi.json`, "utf8"));
const server: string = description.servers[0].url;
assert.equal(server, address);

const clientOf = (token: string) =>
  createClient<paths>({ baseUrl: server, headers: { Authorization: `Bearer ${token}` } });
const admin = clientOf(CCM_TOKEN);

/** What the client has answered, if it is no problem. */
function done<T>(answer: { data?: T; error?: Schemas["Problem"]; response: Response }): T {
  assert.ok(answer.data !== undefined, `${answer.response.status}: ${answer.error?.detail}`);
  return answer.data;
}

/** The problem of an answer, which has this status and this reason. */
function problem(answer: { error?: Schemas["Problem"]; response: Response }, status: number, name: string): Schemas["Problem"] {
  assert.ok(answer.error, `${answer.response.status}`);
  assert.deepEqual([answer.response.status, answer.error.status], [status, status]);
  assert.equal(answer.error.type, `urn:cml-cloud-manager:problem:${name}`);
  return answer.error;
}

async function eventually(isSo: () => Promise<boolean>) {
  for (const deadline = Date.now() + PATIENCE; !(await isSo()); await sleep(100)) {
    assert.ok(Date.now() < deadline, `not within ${PATIENCE} ms`);
  }
}

/** Each operation and each schema of the description has a type. */
function isWhole() {
  const text = readFileSync(`${folder}/schema.d.ts`, "utf8");
  const operations = Object.values<object>(description.paths).flatMap((it) => Object.values<{ operationId: string }>(it as never));
  for (const { operationId } of operations) assert.match(text, new RegExp(`^    ${operationId}: \\{$`, "m"));
  for (const name of Object.keys(description.components.schemas)) assert.match(text, new RegExp(`^        ${name}: `, "m"));
}

async function caller() {
  const me = done(await admin.GET("/api/me"));
  const roles: Schemas["Role"][] = me.roles;
  assert.deepEqual([me.subject, roles], ["root", ["admin"]]);
  problem(await clientOf("x.y.z").GET("/api/me"), 401, "unauthenticated");
}

async function tasks() {
  const key = { header: { "Idempotency-Key": crypto.randomUUID() } };
  const body: Schemas["NewTask"] = { title: "Replace the uplink", priority: "high", assignee_id: "bob" };
  const made = await admin.POST("/api/tasks", { body, params: key });
  const task = done(made);
  assert.deepEqual([made.response.status, made.response.headers.get("location")], [201, `/api/tasks/${task.id}`]);
  const again = await admin.POST("/api/tasks", { body, params: key });
  assert.deepEqual([again.response.headers.get("idempotency-replayed"), again.data], ["true", task]);
  const other = await admin.POST("/api/tasks", { body: { title: "Another" }, params: key });
  problem(other, 422, "idempotency-key-reused");

  // What was read can be given to a create, and to a list.
  const { title, priority, status, kind } = task;
  const same = done(await admin.POST("/api/tasks", { body: { title, priority } }));
  assert.equal(same.priority, "high");
  assert.deepEqual(done(await admin.GET("/api/tasks/{id}", { params: { path: { id: same.id } } })), same);
  const alike = done(await admin.GET("/api/tasks", { params: { query: { priority, status, kind } } }));
  assert.ok(alike.items.some((it) => it.id === task.id));

  const invalid = problem(await admin.POST("/api/tasks", { body: { title: "" } }), 400, "invalid-input");
  assert.deepEqual(invalid.violations.map((it) => it.field), ["title"]);
  assert.match(invalid.detail, /^title /);
  const nowhere = { params: { path: { id: crypto.randomUUID() } } };
  problem(await admin.GET("/api/tasks/{id}", nowhere), 404, "task-not-found");

  const path = { id: task.id };
  const tag = made.response.headers.get("etag") ?? "";
  const params = { path, header: { "If-Match": tag } };
  const changed = await admin.PATCH("/api/tasks/{id}", { params, body: { status: "in_progress", assignee_id: null } });
  assert.deepEqual([done(changed).status, changed.data?.assignee_id], ["in_progress", null]);
  problem(await admin.PATCH("/api/tasks/{id}", { params, body: { title: "Late" } }), 412, "etag-mismatch");
  const current = { path, header: { "If-Match": changed.response.headers.get("etag") ?? "" } };
  const cancelled = done(await admin.POST("/api/tasks/{id}/cancel", { params: current }));
  assert.equal(cancelled.status, "cancelled");
  const late = await admin.PATCH("/api/tasks/{id}", { params: { path }, body: { status: "completed" } });
  problem(late, 409, "illegal-status");

  const history = done(await admin.GET("/api/tasks/{id}/events", { params: { path } })).items;
  const before: Schemas["TaskBefore"] | null | undefined = history[1]?.before;
  assert.deepEqual([before?.assignee_id, before?.status, history[1]?.after?.status], ["bob", "pending", "in_progress"]);
  assert.equal(history[2]?.before, null);
  const gone = await admin.DELETE("/api/tasks/{id}", { params: { path } });
  assert.equal(gone.response.status, 204);
}

async function lists() {
  const department = crypto.randomUUID();
  const made: string[] = [];
  for (const title of ["1", "2", "3"]) made.unshift(done(await admin.POST("/api/tasks", { body: { title, department } })).id);
  const seen: string[] = [];
  let page_token: string | null = null;
  do {
    const more: { page_token?: string } = page_token === null ? {} : { page_token };
    const query = { department, priority: "medium" as const, page_size: 2, ...more };
    const page: Schemas["TaskPage"] = done(await admin.GET("/api/tasks", { params: { query } }));
    seen.push(...page.items.map((it) => it.id));
    page_token = page.next_page_token;
  } while (page_token !== null);
  assert.deepEqual(seen, made);
  const invalid = await admin.GET("/api/tasks", { params: { query: { page_token: "x" } } });
  assert.equal(problem(invalid, 400, "invalid-input").violations[0]?.field, "page_token");
}

async function workers() {
  const body: Schemas["NewWorker"] = { name: "lab 1", region: "us-east-1", instance_type: "m5.metal", tags: { team: "red" } };
  problem(await clientOf(CCM_USER_TOKEN).POST("/api/workers", { body }), 403, "role-required");
  const worker = done(await admin.POST("/api/workers", { body }));
  // What was read can be given to a create.
  const { region, instance_type, provider, tags } = worker;
  const another = done(await admin.POST("/api/workers", { body: { name: "lab 2", region, instance_type, provider, tags } }));
  assert.deepEqual(another.tags, { team: "red" });
  const params = { path: { id: worker.id } };
  await eventually(async () => done(await admin.GET("/api/workers/{id}", { params })).status === "running");
  problem(await admin.DELETE("/api/workers/{id}", { params }), 409, "worker-is-live");

  const asked = await admin.POST("/api/workers/{id}/stop", { params, body: { reason: "for the night" } });
  const stop = done(asked);
  assert.deepEqual([asked.response.status, stop.action?.verb, stop.run?.number], [202, "stop", 1]);
  const conditions = done(await admin.GET("/api/workers/{id}/explain", { params })).conditions;
  const type: Schemas["WorkerConditionType"] | undefined = conditions[0]?.type;
  assert.equal(type, "Ready");
  // A start replaces it, so that it can be retried.
  assert.equal((await admin.POST("/api/workers/{id}/start", { params })).response.status, 202);
  const of_stop = { path: { id: stop.id } };
  await eventually(async () => {
    const { status, run } = done(await admin.GET("/api/tasks/{id}", { params: of_stop }));
    return (status === "cancelled" || status === "failed") && run?.last_error?.reason === "ACTION_SUPERSEDED";
  });
  const retried = await admin.POST("/api/tasks/{id}/retry", { params: of_stop });
  assert.deepEqual([retried.response.status, done(retried).run?.number], [202, 2]);

  const of_another = { path: { id: another.id } };
  const unconfirmed = await admin.POST("/api/workers/{id}/terminate", { params: of_another, body: { confirm: "lab 1" } });
  assert.equal(problem(unconfirmed, 400, "invalid-input").violations[0]?.field, "confirm");
  const action = { verb: "terminate" as const, worker_id: another.id, confirm: another.name };
  assert.equal(done(await admin.POST("/api/tasks", { body: { action } })).action?.worker_id, another.id);
}

/** The title of the task that an event tells of. */
function titleOf(event: Schemas["StreamEvent"]): string | undefined {
  return event.type === "task.created" || event.type === "task.updated" ? event.data.task?.title : undefined;
}

async function stream() {
  const stop = new AbortController();
  const query = { since: "now", event_types: ["task.created"] };
  const opened = await admin.GET("/api/events/stream", { params: { query }, parseAs: "stream", signal: stop.signal });
  const reading = done(opened)?.pipeThrough(new TextDecoderStream());
  assert.ok(reading);
  let text = "";
  let hasMade = false;
  for await (const part of reading) {
    text += part;
    const events: Schemas["StreamEvent"][] = text.split("\n").filter((it) => it.startsWith("data: ")).map((it) => JSON.parse(it.slice(6)));
    if (!hasMade && events.some((it) => it.type === "connected" && it.data.mode === "live")) {
      hasMade = true;
      done(await admin.POST("/api/tasks", { body: { title: "Told" } }));
    }
    if (events.some((it) => titleOf(it) === "Told")) break;
  }
  stop.abort();
}

isWhole();
await caller();
await tasks();
await lists();
await workers();
await stream();
