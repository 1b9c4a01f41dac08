// The lists of the page: the focus, and what the address keeps.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Keyboard } from "./keyboard.mjs";
import { Api, BASE, Person, fresh, token } from "./operator.mjs";

/** The row that has the focus, and the name of what has it. @param {Person} person */
function focused({ page }) {
  return page.evaluate(() => {
    const it = document.activeElement;
    const row = /** @type {HTMLElement | null} */ (it?.closest("tr.row") ?? null);
    return row ? `${row.dataset.id} ${it?.getAttribute("aria-label") ?? it?.className}` : (it?.localName ?? null);
  });
}

/** The ids of the rows in the document, from top to bottom. @param {Person} person @returns {Promise<string[]>} */
function rows({ page }) {
  return page.locator("tr.row").evaluateAll((all) => all.map((it) => it.getAttribute("data-id") ?? ""));
}

test("the focus stays in its row, whatever happens to the others and to itself", async () => {
  const mark = fresh("focus");
  const ada = await Person.arrive("ada");
  const tasks = [];
  for (let i = 0; i < 6; i += 1) tasks.push(await ada.api.createTask({ title: `${mark} ${i}`, description: mark }));
  await ada.signIn();
  await ada.open(`/tasks?sort=-updated&q=${encodeURIComponent(mark)}`);
  const keys = new Keyboard(ada.page);
  const watched = tasks[2];
  await keys.to(ada.row(watched.id).locator("a.lead"));
  const lead = await focused(ada);
  assert.match(lead, new RegExp(`^${watched.id}`));

  // Others come, go up, and go away.
  for (let i = 0; i < 3; i += 1) await ada.api.createTask({ title: `${mark} new ${i}` });
  await ada.api.patch(`/api/tasks/${tasks[0].id}`, { title: `${mark} moved` });
  await ada.api.send("DELETE", `/api/tasks/${tasks[5].id}`);
  await ada.until((id) => document.querySelector("tr.row")?.getAttribute("data-id") === id, tasks[0].id);
  await ada.seesNo(`tr[data-id="${tasks[5].id}"]`);
  assert.equal(await focused(ada), lead);

  // Its own row moves to the top, and down again by another order.
  await ada.api.patch(`/api/tasks/${watched.id}`, { priority: "high" });
  await ada.until((id) => document.querySelector("tr.row")?.getAttribute("data-id") === id, watched.id);
  await ada.until((id) => document.activeElement?.closest("tr.row")?.getAttribute("data-id") === id, watched.id);
  assert.equal(await focused(ada), lead);

  // The button of its row, too.
  await keys.to(ada.row(watched.id).getByRole("button", { name: "Copy task id" }));
  const copy = await focused(ada);
  await ada.api.patch(`/api/tasks/${tasks[1].id}`, { title: `${mark} above` });
  await ada.until((id) => document.querySelector("tr.row")?.getAttribute("data-id") === id, tasks[1].id);
  await ada.api.patch(`/api/tasks/${watched.id}`, { priority: "low" });
  await ada.until((id) => document.querySelector("tr.row")?.getAttribute("data-id") === id, watched.id);
  assert.equal(await focused(ada), copy);

  // A row that is gone leaves the focus to the one in its place.
  await keys.press("ArrowDown");
  const [first, second, third] = await rows(ada);
  assert.match(await focused(ada), new RegExp(`^${second}`));
  await ada.api.send("DELETE", `/api/tasks/${second}`);
  await ada.seesNo(`tr[data-id="${second}"]`);
  await ada.until((id) => document.activeElement?.closest("tr.row")?.getAttribute("data-id") === id, third);
  await keys.press("ArrowUp");
  assert.match(await focused(ada), new RegExp(`^${first}`));
});

test("the row with the focus leaves by a filter, and the next one has it", async () => {
  const mark = fresh("filtered");
  const ada = await Person.arrive("ada");
  const [one, two] = [await ada.api.createTask({ title: `${mark} one` }), await ada.api.createTask({ title: `${mark} two` })];
  await ada.signIn();
  await ada.open(`/tasks?status=pending&q=${encodeURIComponent(mark)}`);
  await new Keyboard(ada.page).to(ada.row(two.id).locator("a.lead"));
  await ada.api.patch(`/api/tasks/${two.id}`, { status: "completed" });
  await ada.until((id) => document.activeElement?.closest("tr.row")?.getAttribute("data-id") === id, one.id);
  assert.deepEqual(await rows(ada), [one.id]);
});

test("the overview shows more lines of a section when asked", async () => {
  const person = fresh("busy").replaceAll(" ", "-");
  const busy = await Person.arrive(person);
  for (let i = 0; i < 15; i += 1) await busy.api.createTask({ title: fresh("one of fifteen"), assignee_id: person });
  await busy.signIn();
  await busy.open("/");
  const mine = busy.page.getByRole("region", { name: /^Assigned to you/ });
  await mine.getByRole("button", { name: "and 3 more" }).press("Enter");
  await busy.until((n) => document.querySelectorAll("[aria-labelledby=mine] .lines li").length === n, 15);
  const title = await mine.locator(".lines li a").nth(12).textContent();
  await busy.until((it) => document.activeElement?.textContent === it, title);
  assert.equal(await mine.getByRole("button", { name: /more$/ }).count(), 0);
});

test("filters and order are in the address: a reload and the way back keep them", async () => {
  const mark = fresh("address");
  const ada = await Person.arrive("ada");
  await ada.api.createTask({ title: `${mark} a`, priority: "high" });
  const low = await ada.api.createTask({ title: `${mark} b`, priority: "low" });
  const done = await ada.api.createTask({ title: `${mark} c`, priority: "low" });
  await ada.api.patch(`/api/tasks/${done.id}`, { status: "completed" });
  await ada.signIn();
  await ada.open("/tasks");
  const { page } = ada;
  await page.getByLabel("Search tasks").fill(mark);
  await page.getByLabel("Priority").selectOption("low");
  const chips = page.getByRole("group", { name: "Status" });
  await chips.getByRole("button", { name: /^All/ }).filter({ hasText: "2" }).waitFor();
  await chips.getByRole("button", { name: /^Pending/ }).filter({ hasText: "1" }).click();
  await page.getByRole("button", { name: "Title" }).click();
  await page.locator("th[aria-sort=ascending]").filter({ hasText: "Title" }).waitFor();
  const shows = async () => {
    await ada.sees("h1 .count", /^1 of/);
    assert.deepEqual(await rows(ada), [low.id]);
    assert.equal(await page.getByLabel("Search tasks").inputValue(), mark);
    assert.equal(await page.getByLabel("Priority").inputValue(), "low");
    assert.equal(await chips.getByRole("button", { name: /^Pending/ }).getAttribute("aria-pressed"), "true");
  };
  await shows();
  const url = page.url();
  await page.reload();
  await shows();
  await ada.row(low.id).locator("a.lead").click();
  await page.getByRole("heading", { level: 1, name: low.title }).waitFor();
  await page.goBack();
  await shows();
  assert.equal(page.url(), url);
  await page.goForward();
  await page.getByRole("heading", { level: 1, name: low.title }).waitFor();
  await page.goBack();
  // Whoever gets the address sees the same.
  const eve = await Person.at("eve", url.slice(BASE.length));
  await eve.sees("h1 .count", /^1 of/);
  assert.deepEqual(await rows(eve), [low.id]);

  await page.getByLabel("Search tasks").fill(`${mark} nowhere`);
  await ada.sees(".empty h2", "No task matches");
  assert.match(await page.locator(".empty p").innerText(), /in all are hidden by the search and the filters/);
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await ada.sees("tr.row", /./);
  assert.equal(page.url(), `${BASE}/tasks`);
});

test("a view whose script cannot be loaded says so, and is there after another try", async () => {
  const ada = await Person.at("ada", "/");
  ada.expects(/Failed to load|ERR_FAILED/);
  await ada.page.route("**/page/timeline.js", (route) => route.abort());
  await ada.page.route("**/page/workers.js", (route) => route.abort());
  await ada.page.route("**/page/collection.js", (route) => route.abort());
  await ada.page.getByRole("link", { name: "Tasks", exact: true }).click();
  await ada.page.getByRole("alert").filter({ hasText: "This could not be loaded." }).waitFor();
  await ada.page.unrouteAll();
  await ada.page.getByRole("button", { name: "Try again" }).click();
  await ada.sees("#view h1", "Tasks");
});

/** The texts of an element, each with its baseline. @param {import("playwright-core").Locator} place @returns {Promise<[string, number][]>} */
function baselines(place) {
  return place.evaluate((it) => {
    const canvas = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    const texts = document.createTreeWalker(it, NodeFilter.SHOW_TEXT);
    /** @type {[string, number][]} */
    const found = [];
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const parent = /** @type {HTMLElement} */ (node.parentElement);
      const range = document.createRange();
      range.selectNodeContents(node);
      const [box] = range.getClientRects();
      if (!node.textContent?.trim() || !box?.height || parent.closest(".hidden")) continue;
      const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(parent);
      canvas.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
      found.push([node.textContent.trim(), box.bottom - canvas.measureText("x").fontBoundingBoxDescent]);
    }
    return found;
  });
}

test("the texts of a row stand on one line, and what leads somewhere looks like a link", async () => {
  const ada = await Person.arrive("ada");
  const { id: worker, name } = await ada.api.createWorker({ name: `lab-${fresh("x").replaceAll(" ", "-")}` });
  const { id: task } = await ada.api.send("POST", `/api/workers/${worker}/stop`, {});
  await ada.signIn();
  for (const [path, id] of [["/tasks", task], [`/workers?q=${name}`, worker]]) {
    await ada.open(path);
    await ada.row(id).waitFor();
    const texts = await baselines(ada.row(id));
    assert.ok(texts.length > 5, texts.join(" "));
    const heights = texts.map((it) => it[1]);
    assert.ok(Math.max(...heights) - Math.min(...heights) < 0.6, texts.join(" | "));
    assert.equal(await ada.row(id).evaluate((it) => it.getBoundingClientRect().height), 44);
    const look = (/** @type {Element} */ it) => [getComputedStyle(it).color, getComputedStyle(it).textDecorationLine];
    const lead = await ada.row(id).locator("a.lead").evaluate(look);
    const accent = await ada.page.locator("button.primary").first().evaluate((it) => getComputedStyle(it).backgroundColor);
    assert.deepEqual(lead, [accent, "underline"]);
  }
  // A title of one line, on a phone.
  await ada.page.setViewportSize({ width: 390, height: 800 });
  await ada.open(`/workers?q=${name}`);
  await ada.sees(`tr[data-id="${worker}"] .status`, "Stopped");
  const [[, one], [, other]] = await baselines(ada.row(worker));
  assert.ok(Math.abs(one - other) < 0.6, `${one} ${other}`);
});

test("a name is cut only where there is no room, and the whole is at hand", async () => {
  const ada = await Person.arrive("ada");
  const long = `network-lab-${"b".repeat(88)}`;
  const [short, cut] = [await ada.api.createWorker({ name: "exam-2026-spring" }), await ada.api.createWorker({ name: long })];
  const tasks = [];
  for (const { id } of [short, cut]) tasks.push(await ada.api.send("POST", `/api/workers/${id}/stop`, {}));
  await ada.signIn();
  await ada.open("/tasks");
  const cell = (/** @type {number} */ at) => ada.row(tasks[at].id).locator("td.name");
  const isCut = (/** @type {Element} */ it) => it.scrollWidth > it.clientWidth;
  await ada.sees("td.name", "exam-2026-spring");
  assert.equal(await cell(0).evaluate(isCut), false);
  assert.equal(await cell(1).evaluate(isCut), true);
  assert.equal(await cell(1).getAttribute("title"), long);
  await ada.page.setViewportSize({ width: 1920, height: 800 });
  const width = async () => (await cell(1).boundingBox())?.width ?? 0;
  assert.ok((await width()) > 230, "with more room, more of it is shown");
  await ada.page.setViewportSize({ width: 1280, height: 800 });
  await ada.open("/timeline");
  const subject = ada.page.locator(".timeline .subject bdi").filter({ hasText: `Stop worker ${short.name}` }).first();
  assert.equal(await subject.evaluate(isCut), false);
});

test("a task for a person has a trace in the list: that of its last change, or all of them", async () => {
  const ada = await Person.at("ada", "/tasks");
  const { id } = await ada.api.createTask();
  const trace = ada.row(id).locator("td.traced a.trace");
  const lastTrace = async () => (await ada.api.get(`/api/tasks/${id}/events`)).items[0].trace_id;
  const leadsTo = (/** @type {string} */ end) => ada.until(([row, path]) => document.querySelector(`tr[data-id="${row}"] a.trace`)?.getAttribute("href")?.endsWith(path), [id, end]);
  await trace.waitFor();
  const created = await lastTrace();
  await leadsTo(`/${created}`);
  await ada.api.patch(`/api/tasks/${id}`, { priority: "high" });
  const changed = await lastTrace();
  assert.notEqual(changed, created);
  await leadsTo(`/${changed}`);
  await ada.api.patch(`/api/tasks/${id}`, { assignee_id: "ada" });
  const assigned = await lastTrace();
  await ada.page.getByRole("link", { name: "Overview", exact: true }).click();
  await ada.until((path) => document.querySelector(`[aria-labelledby=mine] a.trace[href$="${path}"]`), `/${assigned}`);

  // Under `ccm up`, somebody who comes later finds all traces of the task.
  const eve = await Person.arrive("eve");
  await eve.signIn();
  await eve.page.route("**/api/me", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), traces: true } });
  });
  await eve.open("/tasks");
  assert.equal(await eve.row(id).locator("a.trace").getAttribute("href"), `/traces/${id}`);
});

test("the overview does not say that there is nothing to do beside a task that is open", async () => {
  const subject = fresh("dora").replaceAll(" ", "-");
  const dora = await Person.at(subject, "/", { roles: ["user"] });
  await dora.sees("[aria-labelledby=mine] .calm", "There are none.");
  const { id } = await dora.api.createTask();
  await dora.sees("[aria-labelledby=mine] .calm", "No task is assigned to you. 1 open task is assigned to nobody.");
  await dora.api.patch(`/api/tasks/${id}`, { assignee_id: "eve" });
  await dora.sees("[aria-labelledby=mine] .calm", "1 open task is assigned to others.");
  await new Api(await token("ada")).patch(`/api/tasks/${id}`, { status: "completed" });
  await dora.sees("[aria-labelledby=mine] .calm", "No task is open.");
});
