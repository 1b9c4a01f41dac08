// The page when the gateway, the session or an answer is not there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { BASE, Person, control, fresh, token } from "./operator.mjs";

/** What a browser says of each request that fails while the gateway is away. */
const AWAY = /ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|ERR_SOCKET|ERR_NETWORK|status of 50/;

/** Stops the clock of the page, so that a test says what passes. @param {Person} person */
async function withClockStopped(person) {
  const { clock } = person.page;
  await clock.install();
  await person.page.goto(`${BASE}/timeline?show=workers`);
  await person.isLive();
  await clock.pauseAt((await person.page.evaluate(() => Date.now())) + 1_000);
}

const connection = /connection is lost|Connected again/;

test("after a gateway that was killed nothing is lost, and a short outage makes no message", async () => {
  const ada = await Person.arrive("ada");
  await ada.signIn();
  ada.expects(AWAY);
  const { id, name } = await ada.api.createWorker({ tags: { "sim:stop-delay": "1s" } });
  await withClockStopped(ada);
  const { page } = ada;
  await page.getByLabel("Search the timeline").fill(name);
  // What arrives is drawn by the page's clock.
  const created = page.locator(".timeline li").filter({ hasText: "created" }).first();
  while (!(await created.isVisible())) await page.clock.runFor(500);
  const running = async () => (await ada.api.get(`/api/workers/${id}`)).status === "running";
  while (!(await running()));

  // It is stopped while nobody is told.
  await ada.api.send("POST", `/api/workers/${id}/stop`);
  await control("kill gateway");
  await ada.badge("Reconnecting");
  await ada.sees("#badge", "Reconnecting");
  await control("start gateway");
  await ada.badge("Live");
  const stopped = async () => (await ada.api.get(`/api/workers/${id}`)).status === "stopped";
  while (!(await stopped()));

  const { items } = await ada.api.get(`/api/workers/${id}/events?page_size=100`);
  assert.ok(items.some((/** @type {any} */ it) => it.after?.status === "stopped"));
  const shown = page.locator(".timeline > li");
  while ((await shown.count()) < items.length) await page.clock.runFor(500);
  assert.equal(await shown.count(), items.length, "each change once");
  assert.ok(await shown.filter({ hasText: /Stopping.*Stopped/s }).count());
  await page.clock.runFor(9_000);
  await ada.seesNo(".toast", connection);
});

test("an outage of ten seconds makes one message, and its end another", async () => {
  const ada = await Person.arrive("ada");
  await ada.signIn();
  ada.expects(AWAY);
  await withClockStopped(ada);
  const { clock } = ada.page;
  await control("kill gateway");
  await ada.badge("Reconnecting");
  await clock.runFor(9_000);
  await ada.seesNo(".toast", connection);
  await clock.runFor(2_000);
  await ada.toast("The connection is lost");
  await clock.runFor(5_000);
  assert.equal(await ada.page.locator(".toast").count(), 1);
  await control("start gateway");
  await ada.badge("Live");
  await ada.toast("Connected again");
});

test("when the token ends, the page says so, and goes on where it was after another sign-in", async () => {
  const ada = await Person.arrive("ada");
  ada.expects(/401/);
  const { id, title } = await ada.api.createTask();
  await ada.signIn(await token("ada", { seconds: 6 }));
  const path = `/tasks/${id}?from=a+link`;
  await ada.page.goto(BASE + path);
  await ada.page.getByRole("heading", { level: 1, name: title }).waitFor();
  await ada.page.getByLabel(/token/i).first().waitFor();
  await ada.sees("main", /expired|ended/i);
  assert.equal(ada.page.url(), BASE + path);
  // Meanwhile the task changes.
  const description = fresh("description");
  await ada.api.patch(`/api/tasks/${id}`, { description });
  await ada.page.getByLabel(/token/i).first().fill(ada.api.bearer);
  await ada.page.getByRole("button", { name: /sign in/i }).first().click();
  await ada.page.getByRole("heading", { level: 1, name: title }).waitFor();
  await ada.sees(".text", description);
  await ada.isLive();
  assert.equal(ada.page.url(), BASE + path);
});

test("a read that failed says what failed, and can be repeated", async () => {
  const ada = await Person.at("ada");
  ada.expects(/503/);
  const { id } = await ada.api.createWorker();
  const problem = { type: "about:blank", title: "Service Unavailable", status: 503, detail: "worker-service is unreachable", trace_id: "0af7651916cd43dd8448eb211c80319c", retryable: true };
  const refuse = (/** @type {import("playwright-core").Route} */ route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) });
  await ada.page.route("**/api/workers/*/explain", refuse);
  await ada.page.route("**/api/workers/*/events?*", refuse);
  await ada.page.goto(`${BASE}/workers/${id}`);
  for (const section of ["What it waits for", "History"]) {
    const found = ada.page.getByRole("region", { name: section }).getByRole("alert");
    await found.filter({ hasText: "This could not be loaded. worker-service is unreachable" }).waitFor();
    assert.match((await found.locator("a.trace").getAttribute("href")) ?? "", /0af7651916cd43dd8448eb211c80319c/);
  }
  await ada.page.unroute("**/api/workers/*/explain");
  await ada.page.unroute("**/api/workers/*/events?*");
  await ada.page.getByRole("region", { name: "History" }).getByRole("button", { name: "Try again" }).click();
  await ada.sees(".history li", "created");
  await ada.sees(".explain p", /./);
});

test("an action that is refused says why, with its trace", async () => {
  const ada = await Person.at("ada");
  ada.expects(/503/);
  const { id, name } = await ada.api.createWorker();
  await ada.open(`/workers/${id}`);
  const problem = { type: "about:blank", title: "Service Unavailable", status: 503, detail: "task-service is unreachable", trace_id: "0af7651916cd43dd8448eb211c80319c", retryable: true };
  await ada.page.route("**/api/workers/*/stop", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) }));
  await ada.page.getByRole("button", { name: "Stop", exact: true }).click();
  await ada.page.getByLabel("Reason").fill("kept");
  await ada.page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
  await ada.page.getByRole("dialog").getByRole("alert").filter({ hasText: "task-service is unreachable" }).waitFor();
  assert.equal(await ada.page.getByLabel("Reason").inputValue(), "kept");
  await ada.page.unroute("**/api/workers/*/stop");
  await ada.page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
  await ada.toast(`Stop asked for: ${name}`);
});
