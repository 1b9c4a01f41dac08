// Pictures of the page; tests/web/screenshots starts it. Argument: the directory for the pictures.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { launch } from "./chromium.mjs";
import { until } from "./clock.mjs";
import { Fleet } from "./fleet.mjs";

const [, , OUT = "screenshots"] = process.argv;
const { ONLY } = process.env;
const WIDTHS = [1280, 390];
const SCHEMES = /** @type {const} */ (["light", "dark"]);

/** Name, region, type, tags, and what is asked of it once it runs. @type {[string, string, string, Record<string, string>, string?][]} */
const WORKERS = [
  ["genomics-01", "us-east-1", "m5.metal", { course: "genomics", owner: "dr-okafor" }],
  ["genomics-02", "us-east-1", "m5.metal", { course: "genomics", owner: "dr-okafor" }],
  ["genomics-03", "us-east-1", "m5.metal", { course: "genomics", owner: "dr-okafor" }, "stop"],
  ["network-lab-a", "eu-west-1", "c5.metal", { course: "networks-101" }],
  ["network-lab-b", "eu-west-1", "c5.metal", { course: "networks-101" }],
  ["network-lab-c", "eu-west-1", "c5.metal", { course: "networks-101" }, "stop"],
  ["robotics-sim", "us-west-2", "m5.metal", { course: "robotics", gpu: "no" }],
  ["security-range", "eu-central-1", "m5.metal", { course: "security", isolated: "yes" }],
  ["exam-2026-spring", "eu-central-1", "c5.metal", { course: "exams" }, "terminate"],
  ["old-image-builder", "us-east-1", "m5.large", { team: "platform" }, "stop"],
  ["quantum-testbed", "us-west-2", "m5.metal", { course: "physics", "sim:refuse": "create" }],
  ["cluster-burst-7", "us-west-2", "c5.metal", { course: "hpc", "sim:fail": "40" }],
  ["field-station", "eu-west-1", "m5.metal", { course: "ecology", "sim:start-delay": "20m" }],
  ["archive-node", "us-east-1", "m5.large", { team: "platform", "sim:stuck": "stop" }, "stop"],
];

/** A row of a list that is whole. */
const ROW = "table[aria-busy=false] tr.row";

const TASKS = [
  ["Order licences for the robotics course", "high", "ada", "The vendor needs the number of seats by Friday.", "in_progress"],
  ["Check why network-lab-b was slow on Monday", "high", "ada", "Three groups reported timeouts between 10:00 and 10:30.", "pending"],
  ["Write the guide for new teaching assistants", "medium", "ada", "", "pending"],
  ["Rotate the keys of the image registry", "medium", "grace", "", "pending"],
  ["Collect feedback of genomics, second week", "low", "linus", "", "completed"],
  ["Plan capacity for the exam week", "high", "grace", "", "in_progress"],
  ["Delete labs of students who left", "low", null, "", "pending"],
];

const fleet = await Fleet.start({ CCM_SIMULATED_START_DELAY: "1s", CCM_SIMULATED_STOP_DELAY: "1s" });
const browser = await launch();
let complaints = 0;
const complain = (/** @type {string} */ it) => {
  complaints += 1;
  console.log(it);
};

/** @param {ReturnType<Fleet["caller"]>} admin */
async function fill(admin) {
  /** @type {Record<string, any>} */
  const workers = {};
  for (const [name, region, instance_type, tags] of WORKERS) workers[name] = await admin("POST", "/api/workers", { name, region, instance_type, tags });
  /** @type {Record<string, any>} */
  const tasks = {};
  for (const [title, priority, assignee_id, description, status] of TASKS) {
    const task = await admin("POST", "/api/tasks", { title, priority, assignee_id, description, department: "teaching" });
    if (status !== "pending") await admin("PATCH", `/api/tasks/${task.id}`, { status });
    tasks[String(title)] = task;
  }
  /** @type {Record<string, any>} */
  const actions = {};
  for (const [name, , , , verb] of WORKERS) {
    if (!verb) continue;
    const { id } = workers[name];
    await until(`${name} is running`, async () => (await admin("GET", `/api/workers/${id}`)).status === "running", 60);
    const reason = verb === "stop" ? "the course is over" : "the exams are graded";
    actions[name] = await admin("POST", `/api/workers/${id}/${verb}`, { reason, ...(verb === "terminate" ? { confirm: name } : {}) });
  }
  const settled = async () => {
    const { items } = await admin("GET", "/api/workers?page_size=100");
    const of = Object.fromEntries(items.map((/** @type {any} */ it) => [it.name, it]));
    return of["exam-2026-spring"].status === "terminated" && of["genomics-03"].status === "stopped" && of["quantum-testbed"].outcome;
  };
  await until("the fleet is as it should be", settled, 90);
  return { workers, tasks, actions };
}

/** @param {import("playwright-core").Page} page */
const isLive = (page) => page.locator("#badge [data-state=Live]").waitFor();

/**
 * Every picture: its name, and what leads to it.
 * @param {Awaited<ReturnType<typeof fill>>} made
 * @returns {[string, (page: import("playwright-core").Page) => Promise<void>][]}
 */
function pictures({ workers, tasks, actions }) {
  const at = (/** @type {string} */ path, /** @type {string} */ selector = "#view h1, #view h2") => async (/** @type {import("playwright-core").Page} */ page) => {
    await page.goto(fleet.base + path);
    await isLive(page);
    await page.locator(selector).first().waitFor();
  };
  const press = (/** @type {import("playwright-core").Page} */ page, /** @type {string | RegExp} */ name) => page.getByRole("button", { name }).first().click();
  const worker = (/** @type {string} */ name) => at(`/workers/${workers[name].id}`, ".history li");
  const refused = { type: "about:blank", title: "Service Unavailable", status: 503, detail: "worker-service is unreachable", trace_id: "0af7651916cd43dd8448eb211c80319c", retryable: true };
  return [
    ["overview", at("/", ".timeline li")],
    ["workers", at("/workers", ROW)],
    ["workers-filtered", at("/workers?region=us-east-1&status=running", ROW)],
    ["workers-none-match", at("/workers?q=nothing-like-this", ".empty")],
    ["worker", worker("genomics-01")],
    ["worker-stopped", worker("genomics-03")],
    ["worker-failed", worker("quantum-testbed")],
    ["worker-retrying", worker("cluster-burst-7")],
    ["worker-starting", worker("field-station")],
    ["worker-missing", at("/workers/00000000-0000-0000-0000-000000000000", ".empty")],
    ["tasks", at("/tasks", ROW)],
    ["task", at(`/tasks/${tasks["Check why network-lab-b was slow on Monday"].id}`, ".history li")],
    ["task-of-action", at(`/tasks/${actions["genomics-03"].id}`, ".history li")],
    ["timeline", at("/timeline", ".timeline li")],
    ["timeline-failures", at("/timeline?show=failures", ".timeline li, .empty")],
    ["traces", at("/traces")],
    ["trace", async (page) => {
      await worker("genomics-03")(page);
      const href = await page.locator(".history a.trace").first().getAttribute("href");
      await at(href ?? "/traces")(page);
    }],
    ["trace-gone", at(`/traces/${"0".repeat(31)}1`, ".empty")],
    ["dialog-new-worker", async (page) => {
      await at("/workers", ROW)(page);
      await press(page, "New worker");
    }],
    ["dialog-errors", async (page) => {
      await at("/workers", ROW)(page);
      await press(page, "New worker");
      await page.getByLabel("Name", { exact: true }).fill("physics-lab");
      await page.getByLabel("Region", { exact: true }).fill("Neverland!");
      await press(page, "Create worker");
      await page.locator("dialog .error, dialog .failure").first().waitFor();
    }],
    ["dialog-terminate", async (page) => {
      await worker("genomics-01")(page);
      await press(page, "Terminate");
      await page.getByLabel("Name of the worker").fill("genomics");
    }],
    ["dialog-task", async (page) => {
      await at("/tasks", ROW)(page);
      await press(page, "New task");
    }],
    ["menu", async (page) => {
      await at("/", ".timeline li")(page);
      await press(page, /^Account/);
    }],
    ["toasts", async (page) => {
      await worker("genomics-01")(page);
      await press(page, "Look again");
      await page.locator(".toast").waitFor();
    }],
    ["failed-read", async (page) => {
      await page.route("**/api/workers/*/explain", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(refused) }));
      await worker("genomics-02")(page);
      await page.locator(".failure").waitFor();
      await page.unrouteAll();
    }],
    ["api-reference", async (page) => {
      await page.goto(`${fleet.base}/api/docs`);
      await page.locator(".opblock").first().waitFor();
    }],
  ];
}

/** @param {import("playwright-core").BrowserContext} context @param {string} token */
async function signIn(context, token) {
  const answer = await context.request.post(`${fleet.base}/api/session`, { headers: { authorization: `Bearer ${token}` } });
  if (answer.status() !== 204) throw new Error(`the session is refused: ${answer.status()}`);
}

try {
  await mkdir(OUT, { recursive: true });
  const ada = fleet.token("ada", "admin");
  const made = await fill(fleet.caller(ada));
  const manager = fleet.token("max", "manager");
  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) {
      if (ONLY && ONLY !== `${colorScheme}-${width}`) continue;
      const context = await browser.newContext({ colorScheme, viewport: { width, height: width < 500 ? 844 : 800 } });
      context.setDefaultTimeout(30_000);
      context.on("console", (it) => {
        if (["error", "warning"].includes(it.type()) && !/status of (401|404|400|503)/.test(it.text())) complain(it.text());
      });
      const page = await context.newPage();
      const take = async (/** @type {string} */ name) => {
        // Pictures are taken of what stands still.
        await page.evaluate(() => Promise.all(document.getAnimations().filter((it) => it.effect?.getTiming().iterations !== Infinity).map((it) => it.finished.catch(() => {}))));
        await page.screenshot({ path: join(OUT, `${name}-${colorScheme}-${width}.png`) });
      };
      await page.goto(fleet.base);
      await page.getByLabel(/token/i).first().waitFor();
      await take("sign-in");
      await signIn(context, ada);
      for (const [name, show] of pictures(made)) {
        await show(page).catch((error) => complain(`${name}: ${error.message}`));
        await take(name);
      }
      await signIn(context, manager);
      await page.goto(`${fleet.base}/tasks`);
      await isLive(page);
      await page.locator(".empty").waitFor();
      await take("nothing-to-see");
      await context.close();
    }
  }
} finally {
  await browser.close();
  await fleet.stop();
}

console.log(`the pictures are in ${OUT}`);
process.exitCode = complaints ? 1 : 0;
