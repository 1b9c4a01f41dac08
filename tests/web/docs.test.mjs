// The API reference, /api/docs, of a running gateway in Chromium: it shows every operation, sends requests under the session
// of the page, and stays within its content security policy and its origin.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch } from "./chromium.mjs";

const { CCM_WEB_BASE: BASE, CCM_WEB_TOKEN: TOKEN } = process.env;

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

test("the reference shows every operation and sends requests with the session cookie", async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${BASE}/`) && !request.url().startsWith("data:")) complaints.push(request.url());
  });
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", (it) => console.error(`policy: ${it.violatedDirective} ${it.blockedURI}`)));
  await page.goto(`${BASE}/api/docs`);
  const status = await page.evaluate(async (token) => {
    const headers = { Authorization: `Bearer ${token}` };
    return (await fetch("/api/session", { method: "POST", headers })).status;
  }, TOKEN);
  assert.equal(status, 204);

  const described = await page.evaluate(async () => (await fetch("/api/openapi.json")).json());
  const operations = Object.values(described.paths).flatMap(Object.values).map((it) => it.operationId);
  await page.locator(".opblock").first().waitFor();
  for (const id of operations) assert.equal(await page.locator(`[id^=operations-][id$="-${id}"]`).count(), 1, id);

  const caller = page.locator("#operations-caller-getCaller");
  await caller.locator("button.opblock-summary-control").click();
  await caller.getByRole("button", { name: "Try it out" }).click();
  await caller.getByRole("button", { name: "Execute" }).click();
  const response = caller.locator(".live-responses-table");
  await response.waitFor();
  assert.match(await response.innerText(), /200[^]*"subject": "ada"/);

  const stream = page.locator("#operations-events-streamEvents");
  await stream.locator("button.opblock-summary-control").click();
  await stream.locator(".opblock-body").waitFor();
  assert.equal(await stream.getByRole("button", { name: "Try it out" }).count(), 0, "its answer has no end");
  assert.deepEqual(complaints, []);
});

test("requests go to the origin of the page, whatever origin the gateway knows", async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.route("**/api/openapi.json", async (route) => {
    const response = await route.fetch();
    const described = { ...(await response.json()), servers: [{ url: "http://inner.example:8000" }] };
    await route.fulfill({ response, json: described });
  });
  await page.goto(`${BASE}/api/docs`);
  const live = page.locator("#operations-health-live");
  await live.locator("button.opblock-summary-control").click();
  await live.getByRole("button", { name: "Try it out" }).click();
  await live.getByRole("button", { name: "Execute" }).click();
  const response = live.locator(".live-responses-table");
  await response.waitFor();
  assert.match(await response.innerText(), /200[^]*"status": "ok"/);
});

test("examples are of what they are examples of, not of patterns", async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${BASE}/api/docs`);
  const create = page.locator("#operations-tasks-createTask");
  await create.locator("button.opblock-summary-control").click();
  const examples = create.locator(".highlight-code");
  await examples.first().waitFor();
  const texts = (await examples.allInnerTexts()).join("\n");
  assert.match(texts, /"title": "Replace the uplink"/);
  assert.match(texts, /"created_at": "2026-11-22T09:42:57.124032Z"/);
  assert.match(texts, /"assignee_id": "bob"/);
  assert.match(texts, /"type": "urn:cml-cloud-manager:problem:[a-z-]+"/);
});
