// A day of an operator in the page: a worker from its creation to its end, with the mouse and by keyboard alone.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Keyboard } from "./keyboard.mjs";
import { BASE, Person, fresh, token } from "./operator.mjs";

/** The name is alone in the title of a worker's view. @param {Person} person @param {string} name */
const isAtWorker = (person, name) => person.page.getByRole("heading", { level: 1, name, exact: true }).waitFor();

/** @param {Person} person @param {string} name */
async function idOf(person, name) {
  const { items } = await person.api.get("/api/workers?page_size=200");
  return items.find((/** @type {any} */ it) => it.name === name).id;
}

test("an operator signs in, creates a worker, watches it come up, and stops it", async () => {
  const ada = await Person.arrive("ada");
  const { page } = ada;
  ada.expects(/401/);
  await page.goto(BASE);
  await page.getByLabel(/token/i).first().fill(ada.api.bearer);
  await page.getByRole("button", { name: /sign in/i }).first().click();
  await ada.isLive();
  assert.match(await page.title(), /^Overview/);

  await page.getByRole("link", { name: "Workers", exact: true }).click();
  await ada.sees("#view h1", "Workers");
  await page.getByRole("button", { name: "New worker" }).first().click();
  const name = fresh("lab");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Tags").fill("course=biology, sim:start-delay=2s");
  await page.getByRole("button", { name: "Create worker" }).click();
  await ada.toast(`${name} was created`);

  await isAtWorker(ada, name);
  const id = await idOf(ada, name);
  assert.equal(page.url(), `${BASE}/workers/${id}`);
  await ada.sees(".under .status", "Pending");
  await ada.sees(".tag", "course=biology");
  await ada.sees(".under .status", "Running");
  await ada.toast(`${name} is running`);
  await ada.sees(".conditions li", /Ready\s+True/);
  await ada.sees("#announcements", `${name} is running`);

  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByLabel("Reason").fill("the course is over");
  await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
  await ada.toast(`Stop asked for: ${name}`);
  await ada.sees(".under .status", "Stopped");
  await ada.toast(`${name} is stopped`);
  await ada.sees(".facts dd", "the course is over");
  await ada.sees(".history li", /Stopping.*Stopped/s);
  assert.deepEqual(await page.locator(".buttons button").allInnerTexts(), ["Start", "Terminate", "Look again"]);

  const traced = page.locator(".history li").filter({ hasText: /Stopping.*Stopped/s }).locator("a.trace");
  const { items } = await ada.api.get(`/api/workers/${id}/events`);
  const stopped = items.find((/** @type {any} */ it) => it.after?.status === "stopped");
  assert.match((await traced.getAttribute("href")) ?? "", new RegExp(`/${stopped.trace_id}$`));

  await page.getByRole("link", { name: "Timeline", exact: true }).click();
  await page.getByLabel("Search the timeline").fill(name);
  await ada.sees(".timeline li", /Stopping.*Stopped/s);
  const created = page.locator(".timeline li").filter({ hasText: "created" }).last();
  assert.match(await created.innerText(), /by ada/);
  assert.match((await created.locator("a.trace").getAttribute("href")) ?? "", /\/[0-9a-f]{32}$/);
});

test("the same by keyboard alone, and the focus is always to be seen", async () => {
  const ada = await Person.arrive("ada");
  const { page } = ada;
  const keys = new Keyboard(page);
  ada.expects(/401/);
  await page.goto(BASE);
  await page.getByLabel(/token/i).first().waitFor();
  const field = page.getByLabel(/token/i).first();
  if (!(await field.evaluate((it) => it === document.activeElement))) await keys.to(field);
  await keys.paste(ada.api.bearer);
  await keys.press("Enter");
  await ada.isLive();

  await keys.to(page.getByRole("link", { name: "Skip to content" }));
  await keys.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "view");
  await keys.to(page.getByRole("link", { name: "Workers", exact: true }), "Shift+Tab");
  await keys.press("Enter");
  await ada.sees("#view h1", "Workers");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "view", "the focus is at the new view");

  await keys.to(page.getByRole("button", { name: "New worker" }));
  await keys.press("Enter");
  const name = fresh("lab");
  await page.getByRole("dialog").waitFor();
  await keys.type(name);
  await keys.press("Enter");
  await ada.toast(`${name} was created`);
  await isAtWorker(ada, name);
  await ada.sees(".under .status", "Running");

  // From the list, by the arrows, to the row and to its buttons.
  await keys.to(page.getByRole("link", { name: "Workers", exact: true }).first());
  await keys.press("Enter");
  const id = await idOf(ada, name);
  await keys.to(page.getByLabel("Search workers"));
  await keys.type(name);
  await keys.to(ada.row(id).locator("a.lead"));
  await keys.to(ada.row(id).getByRole("button", { name: `Stop ${name}` }));
  await keys.press("Enter");
  await page.getByRole("dialog").waitFor();
  await keys.type("by keyboard");
  await keys.press("Enter");
  await ada.sees(`tr[data-id="${id}"] .status`, "Stopped");
  assert.ok(await ada.row(id).evaluate((it) => it.contains(document.activeElement)), "the focus is back in its row");

  await keys.to(ada.row(id).getByRole("button", { name: `Terminate ${name}` }));
  await keys.press("Enter");
  await page.getByRole("dialog").waitFor();
  const terminate = page.getByRole("dialog").getByRole("button", { name: "Terminate" });
  assert.ok(await terminate.isDisabled());
  await keys.type(`${name}!`);
  assert.ok(await terminate.isDisabled(), "the name is another one");
  await keys.press("Enter");
  await keys.press("Backspace");
  assert.ok(await terminate.isEnabled());
  await keys.to(terminate);
  await keys.press("Enter");
  await ada.sees(`tr[data-id="${id}"] .status`, "Terminated");
});

test("the name of the worker to terminate can be pasted", async () => {
  const ada = await Person.arrive("ada");
  const { id, name } = await ada.api.createWorker();
  await ada.signIn();
  await ada.open(`/workers/${id}`);
  const { page } = ada;
  await page.getByRole("button", { name: "Terminate" }).click();
  const keys = new Keyboard(page);
  await keys.paste(name.slice(1));
  const terminate = page.getByRole("dialog").getByRole("button", { name: "Terminate" });
  assert.ok(await terminate.isDisabled());
  await keys.press("Control+a");
  await keys.paste(name);
  await terminate.click();
  await ada.sees(".under .status", "Terminated");
  // What is gone can only be deleted.
  assert.deepEqual(await page.locator(".buttons button").allInnerTexts(), ["Delete"]);
});

test("what the gateway refuses is told at its field, and Escape leads back to where one was", async () => {
  const ada = await Person.at("ada", "/workers");
  const { page } = ada;
  ada.expects(/400/);
  const opener = page.getByRole("button", { name: "New worker" }).first();
  await opener.click();
  await page.getByRole("button", { name: "Create worker" }).click();
  await ada.sees("#name-error", "required");
  const name = page.getByLabel("Name", { exact: true });
  assert.ok(await name.evaluate((it) => it === document.activeElement));
  await name.fill("lab");
  await page.getByLabel("Region", { exact: true }).fill("Neverland!");
  await page.getByRole("button", { name: "Create worker" }).click();
  await page.locator(".field .error").first().waitFor();
  const invalid = await page.locator("[aria-invalid=true]").evaluateAll((all) => all.map((it) => [it.getAttribute("name"), it.getAttribute("aria-describedby")]));
  assert.ok(invalid.length > 0);
  for (const [field, by] of invalid) assert.match(by ?? "", new RegExp(`${field}-error`));
  assert.equal(await name.inputValue(), "lab", "nothing of what was typed is lost");
  await page.keyboard.press("Escape");
  await ada.seesNo("dialog");
  assert.ok(await opener.evaluate((it) => it === document.activeElement));
});

test("a task is created, changed by another person meanwhile, and refused in words", async () => {
  const ada = await Person.at("ada", "/");
  const { page } = ada;
  ada.expects(/412/);
  await page.getByRole("button", { name: "New task" }).first().click();
  const title = fresh("task");
  await page.getByLabel("Title").fill(title);
  await page.getByRole("button", { name: "Create task" }).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
  const id = page.url().split("/").at(-1);
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByRole("textbox", { name: "Description" }).fill("mine");
  await ada.api.patch(`/api/tasks/${id}`, { description: "of another person" });
  await ada.sees(".text", "of another person");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Description" }).inputValue(), "mine");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Complete" }).click();
  await ada.sees(".under .status", "Completed");
  await ada.sees(".history li", /Pending.*Completed/s);
});

test("a person signs out, and the page forgets what it showed", async () => {
  const ada = await Person.at("ada", "/tasks");
  const { title } = await ada.api.createTask();
  await ada.sees("tr.row", title);
  ada.expects(/401/);
  await ada.page.getByRole("button", { name: /^Account/ }).click();
  await ada.page.getByRole("button", { name: "Sign out" }).click();
  await ada.page.getByLabel(/token/i).first().waitFor();
  await ada.seesNo("tr.row");
  // Whoever comes next sees what they may.
  await ada.page.getByLabel(/token/i).first().fill(await token("dora", { roles: ["user"] }));
  await ada.page.getByRole("button", { name: /sign in/i }).first().click();
  await ada.isLive();
  await ada.sees(".empty h2", "No tasks yet");
});

test("the first view takes less than 40 kB of scripts, compressed", async () => {
  const ada = await Person.at("ada");
  const sizes = await ada.page.evaluate(() => {
    const all = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource"));
    return all.filter((it) => it.name.endsWith(".js")).map((it) => [new URL(it.name).pathname, it.encodedBodySize]);
  });
  // The shared worker loads its scripts by itself.
  const sum = sizes.reduce((sum, [, size]) => sum + Number(size), 0);
  assert.ok(sizes.length > 10 && sum > 10_000, "they were counted");
  assert.ok(sum < 40_000, `${sum} bytes: ${sizes.map((it) => it.join(" ")).join(", ")}`);
});
