// The benchmark of the page; tests/web/bench starts it. The events are those of a synthetic stream (crowded.mjs), so that the
// figures are those of the page and not of a database.

import { gzipSync } from "node:zlib";
import { readFile, readdir } from "node:fs/promises";

import { launch } from "./chromium.mjs";
import { Crowded } from "./crowded.mjs";
import { Fleet } from "./fleet.mjs";
import { words } from "../../gateway/web/page/format.js";

const WEB = new URL("../../gateway/web/", import.meta.url);
const [TASKS, WORKERS, RATE] = [10_000, 1_000, 500];
const { SECONDS_OF_LOAD = "60", VIEWS = "/tasks /timeline / /workers" } = process.env;
const LOADS = 10;

const fleet = await Fleet.start();
const browser = await launch();
const token = fleet.token("ada", "admin");
const admin = fleet.caller(token);

/** A page with a session, nothing of which is cached. @param {string} base */
async function open(base) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.request.post(`${base}/api/session`, { headers: { authorization: `Bearer ${token}` } });
  return { context, page: await context.newPage() };
}

/** Milliseconds from the navigation on, and the bytes of the scripts that the first view takes. */
async function load() {
  const { context, page } = await open(fleet.base);
  await page.goto(fleet.base);
  await page.locator("#badge [data-state=Live]").waitFor();
  const found = await page.evaluate(() => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN;
    const scripts = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource")).filter((it) => it.name.endsWith(".js"));
    return { paint, bytes: scripts.reduce((sum, it) => sum + it.encodedBodySize, 0) };
  });
  await context.close();
  return found;
}

/** The scripts of all views, compressed one by one as the gateway does. */
async function scripts() {
  const names = await readdir(WEB, { recursive: true });
  const all = names.filter((it) => it.endsWith(".js") && !it.startsWith("docs") && !it.includes("swagger"));
  let bytes = 0;
  for (const name of all) {
    const served = await fetch(`${fleet.base}/${name}`);
    bytes += gzipSync(served.ok ? Buffer.from(await served.arrayBuffer()) : await readFile(new URL(name, WEB)), { level: 9 }).length;
  }
  return { files: all.length, bytes };
}

/** What the load does to a view. @param {Crowded} crowded @param {string} path */
async function load500(crowded, path) {
  const { context, page } = await open(crowded.url);
  const devtools = await context.newCDPSession(page);
  const heap = async () => {
    await devtools.send("HeapProfiler.collectGarbage");
    return (await devtools.send("Runtime.getHeapUsage")).usedSize / 1_048_576;
  };
  const begun = Date.now();
  await page.goto(crowded.url + path);
  await page.locator("#badge [data-state=Live]").waitFor({ timeout: 60_000 });
  await page.locator("tr.row, .timeline, .fleet, .empty").first().waitFor();
  const live = Date.now() - begun;
  // The stream of changes fills the timeline to its bound; only then is flat flat.
  let next = 0;
  const tell = () => {
    const i = (next * 7_919) % TASKS;
    crowded.change(i, { status: next % 2 ? "pending" : "in_progress" }, { status: next % 2 ? "in_progress" : "pending" });
    next += 1;
  };
  while (next < 2_600) {
    for (let i = 0; i < 50; i += 1) tell();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await page.evaluate(() => {
    const of = /** @type {any} */ (globalThis);
    Object.assign(of, { longTasks: [], frames: 0, counting: true });
    new PerformanceObserver((list) => of.longTasks.push(...list.getEntries().map((it) => it.duration))).observe({ entryTypes: ["longtask"] });
    const frame = () => {
      of.frames += 1;
      if (of.counting) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const before = await heap();
  const [start, sent] = [Date.now(), next];
  const ends = start + Number(SECONDS_OF_LOAD) * 1_000;
  while (Date.now() < ends) {
    while (next - sent < ((Date.now() - start) / 1_000) * RATE) tell();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const seconds = (Date.now() - start) / 1_000;
  const { longTasks, frames } = await page.evaluate(() => {
    const of = /** @type {any} */ (globalThis);
    of.counting = false;
    return { longTasks: of.longTasks, frames: of.frames };
  });
  const after = await heap();
  await context.close();
  return {
    View: path === "/" ? "Overview" : words(path.slice(1)),
    "Live after": `${live} ms`,
    "Events a second": Math.round((next - sent) / seconds),
    "Frames a second": Math.round(frames / seconds),
    "Long tasks": longTasks.length,
    "Over 100 ms": longTasks.filter((/** @type {number} */ it) => it > 100).length,
    Longest: `${Math.round(Math.max(0, ...longTasks))} ms`,
    "Heap before": `${before.toFixed(1)} MiB`,
    "Heap after": `${after.toFixed(1)} MiB`,
  };
}

/** The rows as the table of a document. @param {Record<string, string | number>[]} rows */
function markdown(rows) {
  const line = (/** @type {(string | number)[]} */ cells) => `| ${cells.join(" | ")} |\n`;
  const names = Object.keys(rows[0]);
  return [line(names), line(names.map(() => "---")).replaceAll(" ", ""), ...rows.map((it) => line(Object.values(it)))].join("");
}

try {
  const task = await admin("POST", "/api/tasks", { title: "one of many", assignee_id: "ada", department: "teaching" });
  const worker = await admin("POST", "/api/workers", { name: "one of many", region: "us-east-1", instance_type: "m5.metal" });
  const loads = [];
  for (let i = 0; i < LOADS; i += 1) loads.push(await load());
  const paints = loads.map((it) => it.paint).sort((a, b) => a - b);
  const { files, bytes } = await scripts();
  const kB = (/** @type {number} */ it) => `${(it / 1_000).toFixed(1)} kB`;
  console.log(markdown([
    { Figure: `First contentful paint, median of ${LOADS}`, Value: `${Math.round(paints[LOADS / 2])} ms` },
    { Figure: `First contentful paint, slowest of ${LOADS}`, Value: `${Math.round(paints[LOADS - 1])} ms` },
    { Figure: "Scripts of the overview, as transferred", Value: kB(loads[0].bytes) },
    { Figure: `Scripts of all views, those of traces included: ${files} files`, Value: kB(bytes) },
  ]));
  const crowded = await new Crowded(fleet.base, { task, tasks: TASKS, worker: { ...worker, status: "running" }, workers: WORKERS }).start();
  const table = [];
  for (const path of VIEWS.split(" ")) table.push(await load500(crowded, path));
  console.log(markdown(table));
  crowded.stop();
} finally {
  await browser.close();
  await fleet.stop();
}
