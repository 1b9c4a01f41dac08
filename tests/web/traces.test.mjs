// The views of traces in Chromium, against a fake API.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";

import { launch } from "./chromium.mjs";
import { until } from "./clock.mjs";
import { serve } from "./traces-page.mjs";

const BASE = 1_795_709_997_016_000_000n;
const ID = "c4dd1942aebb30d7befbc57ff45d780d";
const OTHER = "5ec9b85757e56d56d9abdd4157ddb916";
const WORKER = "01a218a7-ff81-713e-93bb-745a8afa9c3e";
const OTHER_WORKER = "01a218a7-ff81-713e-93bb-745a8afa9c3f";
const HOSTILE = "<img src=x onerror=\"document.title='run'\">";

let browser, context, page, origin, traces, list, requests, faults;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  [traces, list, requests, faults] = [{}, { json: { items: [], destination: null } }, [], []];
  origin = await serve(context, (url, headers) => {
    requests.push({ url, headers });
    const id = url.pathname.split("/")[3];
    if (!id) return list;
    const answer = traces[id];
    if (!answer) return problem(404, "no trace has this id");
    return answer.etag && headers["if-none-match"] === answer.etag ? { status: 304, etag: answer.etag } : answer;
  });
  page = await context.newPage();
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) faults.push(message.text());
  });
});

afterEach(async () => {
  await context.close();
  assert.deepEqual(faults, []);
});

function problem(status, detail, kind = "trace-not-found") {
  return { status, json: { type: `urn:cml-cloud-manager:problem:${status === 404 ? kind : "other"}`, title: "Problem", status, detail, retryable: status === 503 } };
}

function span(id, parent, start, end, more = {}) {
  const at = (ms) => String(BASE + BigInt(Math.round(ms * 1e6)));
  const rest = { attributes: [], events: [], links: [], missing_parent: false, remote_parent: false };
  const status = { code: "unset", message: "" };
  const length = { duration_ms: end - start, self_ms: end - start };
  return { span_id: id, parent_span_id: parent, name: id, kind: "internal", service: "gateway", start: at(start), end: at(end), status, ...length, ...rest, ...more };
}

function trace(spans, { id = ID, complete = true, dropped = 0, logs = [], etag } = {}) {
  const path = [{ span_id: spans[0].span_id, start: spans[0].start, end: spans[0].end }];
  return { etag, json: { traces: [{ trace_id: id, complete, dropped, spans, critical_path: path }], logs, logs_dropped: 0 } };
}

function small(more = {}) {
  return [
    span("POST /api/tasks", null, 0, 40, { kind: "server", ...more }),
    span("ccm.task.v1.TaskService/CreateTask", "POST /api/tasks", 2, 30, { kind: "client" }),
    span("INSERT tasks", "ccm.task.v1.TaskService/CreateTask", 5, 8, { service: "task-service" }),
    span("COMMIT", "ccm.task.v1.TaskService/CreateTask", 9, 20, { service: "task-service" }),
  ];
}

async function open(path = `/traces/${ID}`) {
  await page.goto(origin + path);
}

const row = (name) => page.getByRole("row").filter({ hasText: name }).first();
const names = () => page.locator(".t-row .t-title").allTextContents();

/** Left edge and width of the bar of a row, in pixels. */
const bar = (name) => row(name).locator(".t-bar").evaluate((it) => {
    const { x, width } = it.getBBox();
    return { x: Math.round(x), width: Math.round(width) };
  });

test("the rows are those of the tree, and are collapsed, expanded and left by keyboard", async () => {
  traces[ID] = trace(small());
  await open();
  await row("COMMIT").waitFor();
  assert.deepEqual(await names(), ["POST /api/tasks", "→ TaskService/CreateTask", "INSERT tasks", "COMMIT"]);
  assert.equal((await row("COMMIT").boundingBox()).height, 28, "it has its style");
  assert.match(await row("COMMIT").innerText(), /task-service/);
  await page.locator(".t-row").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  const call = row("CreateTask");
  await until("the row is collapsed", async () => (await call.getAttribute("aria-expanded")) === "false", 10);
  assert.deepEqual(await names(), ["POST /api/tasks", "→ TaskService/CreateTask"]);
  await page.keyboard.press("ArrowRight");
  await row("COMMIT").waitFor();
  await page.keyboard.press("End");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-level")), "3");
  await page.keyboard.press("ArrowLeft");
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /CreateTask/);
});

test("Enter shows the details, the arrows take them along, and Escape closes them with the focus in the row", async () => {
  const attributes = [{ key: "ccm.worker.id", value: WORKER }];
  traces[ID] = trace(small({ attributes }));
  await open();
  await page.locator(".t-row").first().focus();
  await page.keyboard.press("Enter");
  const details = page.getByRole("complementary");
  await details.getByText("Self time").waitFor();
  assert.equal(await details.getByRole("link", { name: WORKER }).getAttribute("href"), `/workers/${WORKER}`);
  await page.keyboard.press("ArrowDown");
  await details.getByRole("heading", { name: "TaskService/CreateTask" }).waitFor();
  await page.waitForURL(/span=ccm/);
  await page.keyboard.press("Escape");
  await details.waitFor({ state: "detached" });
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /CreateTask/);
  await page.waitForURL((url) => !url.search);
});

test("a bar says in words when it starts and how long it takes", async () => {
  traces[ID] = trace(small());
  await open();
  await row("INSERT tasks").waitFor();
  assert.match(await row("INSERT tasks").innerText(), /starts at 5\.00 ms, takes 3\.00 ms, 3\.00 ms of it itself/);
  assert.match(await row("POST").innerText(), /40\.0 ms on the critical path/);
  await page.getByRole("button", { name: "Critical path" }).click();
  await until("the path is gone", async () => !(await row("POST").innerText()).includes("critical"), 10);
});

test("what is dragged over on the ruler fills it, + and - zoom around the row, 0 shows all", async () => {
  traces[ID] = trace(small());
  await open();
  await row("COMMIT").waitFor();
  const before = await bar("COMMIT");
  const ruler = await page.locator(".ruler").boundingBox();
  await page.mouse.move(ruler.x + ruler.width * 0.2, ruler.y + 10);
  await page.mouse.down();
  await page.mouse.move(ruler.x + ruler.width * 0.6, ruler.y + 10, { steps: 4 });
  await page.mouse.up();
  await until("it is zoomed", async () => (await bar("COMMIT")).width > before.width * 2.4, 10);
  await row("COMMIT").focus();
  await page.keyboard.press("0");
  await until("all is seen", async () => Math.abs((await bar("COMMIT")).width - before.width) < 1, 10);
  await page.keyboard.press("+");
  await until("it is zoomed", async () => (await bar("COMMIT")).width > before.width * 1.9, 10);
  await page.keyboard.press("-");
  await until("all is seen", async () => Math.abs((await bar("COMMIT")).width - before.width) < 1, 10);
});

test("a wait of seconds leaves work of milliseconds readable, unless it shall not", async () => {
  traces[ID] = trace([...small(), span("reconcile", "COMMIT", 3_000, 3_020, { service: "worker-service", kind: "consumer" })]);
  await open();
  await row("reconcile").waitFor();
  assert.ok((await bar("POST")).width > 200);
  assert.match(await page.locator(".waited").innerText(), /2\.96 s/);
  await page.getByRole("button", { name: "Shorten waits" }).click();
  await until("it is drawn in full", async () => (await bar("POST")).width < 20, 10);
});

test("a missing parent, a caller and dropped spans are told", async () => {
  const spans = [
    span("POST /api/tasks", "00f067aa0ba902b7", 0, 9, { kind: "server", remote_parent: true }),
    span("orphan", "b7ad6b7169203331", 2, 3, { missing_parent: true }),
  ];
  traces[ID] = trace(spans, { dropped: 3 });
  await open(`/traces/${ID}?span=orphan`);
  await row("Its parent span b7ad6b71… has not arrived").waitFor();
  await page.getByText("3 more spans arrived and were dropped").waitFor();
  await page.getByRole("complementary").getByText("Its parent span b7ad6b7169203331 has not arrived.").waitFor();
  await row("called by …").click();
  await page.getByRole("complementary").getByText("00f067aa0ba902b7").waitFor();
});

test("spans that arrive later come in, and the selection, the zoom and what is collapsed stay", async () => {
  traces[ID] = trace(small(), { complete: false, etag: '"1"' });
  await open();
  await page.getByText("Still arriving").waitFor();
  await row("COMMIT").click();
  await row("COMMIT").press("+");
  await page.locator(".t-row").first().getByRole("button").click();
  await page.locator(".t-row").first().getByRole("button", { name: "Expand" }).click();
  await row("CreateTask").getByRole("button").click();
  await row("COMMIT").waitFor({ state: "detached" });
  const before = await bar("CreateTask");
  await until("it asks whether anything changed", () => requests.some((it) => it.headers["if-none-match"] === '"1"'), 10);
  traces[ID] = trace([...small(), span("late", "POST /api/tasks", 31, 40)], { complete: true, etag: '"2"' });
  await row("late").waitFor();
  await page.getByText("Still arriving").waitFor({ state: "detached" });
  assert.deepEqual(await names(), ["POST /api/tasks", "→ TaskService/CreateTask", "late"]);
  await page.getByRole("complementary").getByRole("heading", { name: "COMMIT" }).waitFor();
  assert.deepEqual(await bar("CreateTask"), before);
});

test("rows that arrive above what is seen do not move it", async () => {
  const many = (from, to) => Array.from({ length: to - from }, (_, at) => span(`span ${from + at}`, "root", from + at, from + at + 1));
  traces[ID] = trace([span("root", null, 0, 2_001), ...many(100, 300)], { complete: false, etag: '"1"' });
  await open();
  await row("span 100").waitFor();
  await page.locator("#view").evaluate((it) => (it.scrollTop = 3_000));
  await row("span 210").waitFor();
  const before = await row("span 210").boundingBox();
  traces[ID] = trace([span("root", null, 0, 2_001), ...many(0, 300)], { complete: true, etag: '"2"' });
  await page.getByText("301 spans").waitFor();
  assert.equal((await row("span 210").boundingBox()).y, before.y);
});

test("by service, each service is a lane of all its spans", async () => {
  traces[ID] = trace(small());
  await open();
  await page.getByRole("button", { name: "By service" }).click();
  await row("2 spans").waitFor();
  assert.deepEqual(await names(), ["gateway", "POST /api/tasks", "→ TaskService/CreateTask", "task-service", "INSERT tasks", "COMMIT"]);
  assert.match(page.url(), /group=service/);
  const lane = await page.locator(".t-row", { hasText: "2 spans" }).nth(1).locator(".lane").getAttribute("d");
  assert.equal(lane.split("M").length - 1, 2, "two times in which it ran");
});

test("of 2,000 spans only those in view are in the document, and the last is reached by one key", async () => {
  const spans = [span("root", null, 0, 2_001)];
  while (spans.length < 2_000) spans.push(span(`span ${spans.length}`, "root", spans.length, spans.length + 1));
  traces[ID] = trace(spans);
  await open();
  await row("root").waitFor();
  assert.ok((await page.locator(".t-row").count()) < 60);
  await row("root").focus();
  await page.keyboard.press("End");
  await until("the last row has the focus", () => page.evaluate(() => document.activeElement?.textContent?.includes("span 1999")), 10);
  await row("span 1999").waitFor();
  assert.ok((await page.locator(".t-row").count()) < 60);
  const place = await row("span 1999").boundingBox();
  assert.ok(place.y > 0 && place.y + place.height <= 800, "it is in view");
});

test("text from outside is text", async () => {
  const attributes = [{ key: HOSTILE, value: HOSTILE }];
  const error = { status: { code: "error", message: HOSTILE } };
  const [first, ...others] = small();
  const logs = [{ time: "2026-11-26T16:19:57.024Z", level: "ERROR", service: HOSTILE, span_id: "x", trace_id: ID, message: HOSTILE, fields: { a: HOSTILE } }];
  traces[ID] = trace([{ ...first, ...error, attributes, name: HOSTILE, service: HOSTILE }, ...others], { logs });
  await open(`/traces/${ID}?span=POST+/api/tasks`);
  await page.getByRole("complementary").getByText(HOSTILE).first().waitFor();
  await page.getByRole("tab", { name: "Log lines 1" }).click();
  await page.locator(".message").getByText(HOSTILE).waitFor();
  assert.equal(await page.locator("img[onerror]").count(), 0);
  assert.notEqual(await page.title(), "run");
});

test("log lines are filtered by level, and lead to their span", async () => {
  const line = (level, id) => ({ time: "2026-11-26T16:19:57.024Z", level, service: "gateway", span_id: id, trace_id: ID, message: `of ${id}`, fields: {} });
  traces[ID] = trace(small(), { logs: [line("INFO", "POST /api/tasks"), line("WARN", "COMMIT")] });
  await open(`/traces/${ID}?tab=logs`);
  await page.getByText("2 of 2").waitFor();
  await page.getByLabel("Level").selectOption("warn");
  await page.getByText("1 of 2").waitFor();
  await page.getByRole("button", { name: "of COMMIT" }).click();
  await page.getByRole("complementary").getByRole("heading", { name: "COMMIT" }).waitFor();
});

test("a link leads to the other trace, and back", async () => {
  const links = [{ trace_id: OTHER, span_id: "COMMIT", attributes: [] }];
  traces[ID] = trace(small({ links }));
  traces[OTHER] = trace(small(), { id: OTHER });
  await open(`/traces/${ID}?span=POST+/api/tasks`);
  await page.getByRole("link", { name: /Span COMMIT of trace/ }).click();
  await page.waitForURL(new RegExp(OTHER));
  await page.getByRole("complementary").getByRole("heading", { name: "COMMIT" }).waitFor();
  await page.goBack();
  await page.getByRole("complementary").getByRole("heading", { name: "POST /api/tasks" }).waitFor();
});

test("a story shows its traces one after another", async () => {
  const later = small({ links: [{ trace_id: ID, span_id: "COMMIT", attributes: [] }], attributes: [{ key: "ccm.worker.id", value: WORKER }] });
  traces[WORKER] = { json: { traces: [...trace(small()).json.traces, ...trace(later, { id: OTHER }).json.traces], logs: [], logs_dropped: 0 } };
  await open(`/traces/${WORKER}`);
  await page.getByRole("heading", { name: /^Worker/ }).waitFor();
  await row("2. POST /api/tasks").waitFor();
  await row("POST /api/tasks is linked to COMMIT of 1").waitFor();
});

function item(id, name, ms, more = {}) {
  return { trace_id: id, root: { service: "gateway", name, kind: "server" }, start: "2026-11-26T16:19:57.016Z", duration_ms: ms, spans: 4, services: ["gateway"], errors: 0, status: "ok", complete: true, task_ids: [], worker_ids: [], ...more };
}

test("the list filters through its address, comes in live, and is walked through by keyboard", async () => {
  list = { json: { items: [item(ID, "POST /api/tasks", 40), item(OTHER, "GET /api/me", 4, { errors: 2, status: "error" })], destination: null } };
  traces[ID] = trace(small());
  await open("/traces?service=gateway");
  await page.getByRole("link", { name: "GET /api/me" }).waitFor();
  await page.getByText("✗ 2 errors").waitFor();
  assert.equal(requests[0].url.search, "?service=gateway&limit=50&requests_only=true");
  await page.getByLabel("Over").fill("20");
  await page.waitForURL(/min_duration_ms=20/);
  await until("it is asked", () => requests.some((it) => it.url.searchParams.get("min_duration_ms") === "20"), 10);
  list = { json: { items: [item("0".repeat(32), "DELETE /api/new", 9), ...list.json.items], destination: null } };
  await page.getByRole("link", { name: "DELETE /api/new" }).waitFor();
  await page.getByRole("link", { name: "DELETE /api/new" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "POST /api/tasks" }).waitFor();
});

test("of a trace without spans, the log lines are shown", async () => {
  const logs = [{ time: "2026-11-26T16:19:57.024Z", level: "INFO", service: "gateway", span_id: "x", trace_id: ID, message: "all there is", fields: {} }];
  traces[ID] = { json: { traces: [{ trace_id: ID, complete: false, dropped: 0, spans: [], critical_path: [] }], logs, logs_dropped: 2 } };
  await open();
  await page.getByText("No span has arrived").waitFor();
  await page.getByRole("tab", { name: "Log lines 1" }).click();
  await page.getByText("all there is").waitFor();
  await page.getByText("2 more arrived and were dropped").waitFor();
});

test("a trace that is not here yet is looked for until it is", async () => {
  await open();
  await page.getByText("This trace is not here").waitFor();
  traces[ID] = trace(small({ attributes: [{ key: "http.response.status_code", value: 201 }] }));
  await row("POST /api/tasks 201").waitFor();
  assert.equal(await page.title(), "POST /api/tasks");
});

test("each reason for an empty list is told apart", async () => {
  await open("/traces");
  await page.getByText("Nothing has been traced yet").waitFor();
  await page.getByLabel("Status").selectOption("error");
  await page.getByText("No trace matches").waitFor();
  list = problem(403, "not allowed");
  await page.getByText("For admins only").waitFor();
  list = problem(404, "spans go to http://collector:4317", "traces-not-kept");
  await open("/traces");
  await page.getByText("spans go to http://collector:4317").waitFor();
  list = problem(503, "up does not answer");
  await open("/traces");
  await page.getByRole("alert").getByText("up does not answer").waitFor();
  list = { json: { items: [item(ID, "POST /api/tasks", 40)], destination: null } };
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("link", { name: "POST /api/tasks" }).waitFor();
});

test("what is not kept is said, with the start of `ccm up` by the clock of the reader", async () => {
  const since = new Date(Date.now() - 125_000).toISOString();
  traces[ID] = problem(404, `no trace with this id is among those that \`ccm up\` keeps in memory since its start at ${since}`);
  await open();
  const told = page.locator(".empty p");
  await told.waitFor();
  assert.match(await told.innerText(), /^No trace with this id is .* since its start at \d\d:\d\d:\d\d \(2 min ago\)\.$/);
  assert.equal(await told.locator("time").getAttribute("datetime"), since);
  assert.equal(await told.locator("code").innerText(), "ccm up");

  list = { json: { items: [item(ID, "POST /api/tasks", 40)], since, destination: null } };
  await open("/traces");
  await page.getByText("keeps the newest traces in memory, since it was started 2 min ago").waitFor();
  await open("/traces?text=nowhere");
  list = { json: { items: [], since, destination: null } };
  await page.locator(".empty").getByText("since it was started 2 min ago").waitFor();
});

test("a worker that is older than the memory of `ccm up` has traces that are gone, which is said", async () => {
  const at = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
  const created = { [WORKER]: at(60), [OTHER_WORKER]: at(1) };
  await context.addInitScript((all) => {
    const workers = new Map(Object.entries(all).map(([id, created_at]) => [id, { id, created_at }]));
    globalThis.store = { tasks: new Map(), workers };
  }, created);
  for (const id of [WORKER, OTHER_WORKER]) {
    traces[id] = trace(small());
    traces[id].json.since = at(10);
  }
  await open(`/traces/${WORKER}`);
  await page.getByText("Traces from before 10 min ago are gone").waitFor();
  await open(`/traces/${OTHER_WORKER}`);
  await row("COMMIT").waitFor();
  assert.equal(await page.getByText("are gone").count(), 0);
});

test("screen readers hear of traces through the region of the page, and of nothing that changes by itself each second", async () => {
  const announced = () => page.evaluate(() => globalThis.announced);
  const [line, other] = ["info", "error"].map((level) => ({ trace_id: ID, span_id: "COMMIT", time: new Date().toISOString(), level, service: "gateway", message: level, fields: {} }));
  traces[ID] = trace(small(), { complete: false, etag: "1", logs: [line, other] });
  await open();
  await page.getByText("Still arriving").waitFor();
  traces[ID] = trace(small(), { etag: "2", logs: [line, other] });
  await page.getByText("Still arriving").waitFor({ state: "detached" });
  assert.deepEqual(await announced(), ["The trace is complete"]);
  await page.getByRole("tab", { name: /^Log lines/ }).click();
  await page.getByLabel("Level").selectOption("error");
  assert.equal((await announced()).at(-1), "1 of 2 log lines");
  assert.equal(await page.locator("[role=status], [aria-live]").count(), 0);

  list = { json: { items: [item(ID, "POST /api/tasks", 40)], destination: null } };
  await open("/traces");
  await page.getByText("1 trace shown").waitFor();
  const before = requests.length;
  await until("the list was read again", () => requests.length > before, 10);
  assert.deepEqual(await announced(), []);
  await page.getByLabel("Status").selectOption("ok");
  await until("it is told", async () => (await announced()).length === 1, 10);
  assert.deepEqual(await announced(), ["1 trace shown"]);
  assert.equal(await page.locator("[role=status], [aria-live]").count(), 0);
});
