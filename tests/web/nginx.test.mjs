// A native EventSource in Chromium, behind an nginx with its default settings: HTTP/1.0 to the gateway, responses buffered; and the
// page under a path prefix. Needs a gateway at CCM_WEB_BASE, which takes CCM_WEB_TOKEN and trusts proxies on this machine.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launch } from "./chromium.mjs";
import { until } from "./clock.mjs";

const NGINX = new URL("../../target/nginx/usr/sbin/nginx", import.meta.url).pathname;
const { CCM_WEB_BASE: target, CCM_WEB_TOKEN: token } = process.env;
const authorization = `Bearer ${token}`;
let browser, nginx;

/** An nginx in front of the gateway. */
class Nginx {
  /** @param {number} [samePort] where the one before listened */
  static async start(samePort) {
    const folder = await mkdtemp(join(tmpdir(), "ccm-nginx-"));
    const port = samePort ?? (await freePort());
    const config = `
      daemon off; master_process off; pid ${folder}/pid; error_log stderr;
      events {}
      http {
        access_log off;
        ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((it) => `${it}_temp_path ${folder}/${it};`).join(" ")}
        server {
          listen 127.0.0.1:${port};
          location / { proxy_pass ${target}; }
          location /ccm/ {
            proxy_pass ${target}/;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Prefix /ccm;
          }
        }
      }`;
    await writeFile(join(folder, "nginx.conf"), config);
    const child = spawn(NGINX, ["-e", "stderr", "-p", folder, "-c", join(folder, "nginx.conf")], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    const nginx = Object.assign(new Nginx(), { child, folder, port, url: `http://127.0.0.1:${port}` });
    await until("nginx answers", () => fetch(`${nginx.url}/livez`).then((it) => it.ok, () => false), 30);
    return nginx;
  }

  async stop() {
    const exit = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await exit;
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function createTask() {
  const headers = { authorization, "content-type": "application/json" };
  const body = JSON.stringify({ title: "behind nginx" });
  const answer = await fetch(`${target}/api/tasks`, { method: "POST", headers, body });
  assert.equal(answer.status, 201);
  return (await answer.json()).id;
}

before(async () => {
  [browser, nginx] = await Promise.all([launch(), Nginx.start()]);
});

after(async () => {
  await browser?.close();
  await nginx?.stop();
});

test("a native EventSource with the cookie gets each event as it happens, and resumes after a break", async () => {
  const page = await browser.newPage();
  // Answers of the API allow no requests; those for files do.
  await page.goto(`${nginx.url}/sse-client.js`);
  const options = { method: "POST", headers: { authorization } };
  assert.ok(await page.evaluate(async (it) => (await fetch("/api/session", it)).ok, options));
  await page.evaluate(() => {
    window.tasks = [];
    window.opened = 0;
    const source = new EventSource("/api/events/stream?event_types=task.*&since=now");
    source.addEventListener("connected", () => (window.opened += 1));
    source.addEventListener("task.created", (event) => window.tasks.push(JSON.parse(event.data).data.task.id));
  });
  const opened = (count) => until(`the stream is open ${count}`, () => page.evaluate((it) => window.opened >= it, count), 60);
  const seen = (ids) =>
    until("the page has the tasks", async () => (await page.evaluate(() => window.tasks)).length >= ids.length, 60);
  await opened(1);
  const ids = [];
  for (let count = 0; count < 3; count += 1) {
    ids.push(await createTask());
    // One at a time: nothing waits in a buffer for what comes next.
    await seen(ids);
  }
  await nginx.stop();
  ids.push(await createTask());
  nginx = await Nginx.start(nginx.port);
  await opened(2);
  ids.push(await createTask());
  await seen(ids);
  assert.deepEqual(await page.evaluate(() => window.tasks), ids);
});

test("the page works under a path prefix", async () => {
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("response", (it) => (it.status() >= 400 && it.status() !== 401 ? problems.push(`${it.status()} ${it.url()}`) : undefined));
  page.on("request", (it) => (new URL(it.url()).pathname.startsWith("/ccm/") ? undefined : problems.push(it.url())));
  await page.goto(`${nginx.url}/ccm/tasks`);
  // The page is the gateway's own: what a cookie authenticates is taken.
  const options = { method: "POST", headers: { authorization } };
  assert.ok(await page.evaluate(async (it) => (await fetch("/ccm/api/session", it)).ok, options));
  const [cookie] = await page.context().cookies(`${nginx.url}/ccm/api/me`);
  assert.equal(cookie.path, "/ccm/api");
  await page.reload();
  const id = await createTask();
  // The stream brings it.
  await page.locator(`a[href="/ccm/tasks/${id}"]`).first().click();
  await page.getByRole("heading", { name: "behind nginx" }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/ccm/tasks/${id}`);
  await page.getByRole("link", { name: "Workers" }).first().click();
  await until("the view of workers", async () => new URL(page.url()).pathname === "/ccm/workers", 30);
  assert.equal(await page.locator("nav a[aria-current=page]").getAttribute("href"), "/ccm/workers");
  await page.goto(`${nginx.url}/ccm/api/docs`);
  await page.getByText("/api/tasks/{id}", { exact: true }).first().waitFor();
  assert.deepEqual(problems, []);
});
