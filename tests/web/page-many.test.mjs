// A list of ten thousand tasks, and a timeline through which changes pass quickly.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Crowded, titleOf } from "./crowded.mjs";
import { Keyboard } from "./keyboard.mjs";
import { Api, BASE, Person, token } from "./operator.mjs";

const MANY = 10_000;

test("ten thousand tasks are a list like any other", async (t) => {
  const task = await new Api(await token("ada")).createTask();
  const crowded = await new Crowded(BASE, { task, tasks: MANY }).start();
  t.after(() => crowded.stop());
  const ada = await Person.arrive("ada", { base: crowded.url });
  await ada.signIn();
  await ada.open("/tasks?sort=title");
  const { page } = ada;
  await ada.sees("h1 .count", /^10,000$/);
  const table = page.locator(".scroller table");
  assert.equal(await table.getAttribute("aria-rowcount"), String(MANY + 1));
  const inDocument = () => page.locator("tr.row").count();
  assert.ok((await inDocument()) < 60, "what is not in view is not in the document");

  const keys = new Keyboard(page);
  const at = async (/** @type {number} */ i) => {
    const title = titleOf(i);
    await ada.until((title) => document.activeElement?.textContent?.trim() === title, title);
    const row = page.locator("tr.row").filter({ hasText: title });
    assert.equal(await row.getAttribute("aria-rowindex"), String(i + 2));
    const [box, view, head] = await Promise.all([row.boundingBox(), page.locator(".scroller").boundingBox(), page.locator(".scroller thead").boundingBox()]);
    assert.ok(box && view && head && box.y >= head.y + head.height - 1 && box.y + box.height <= view.y + view.height + 1, `row ${i} is in view`);
    assert.ok((await inDocument()) < 60);
  };
  await keys.to(page.locator("tr.row a.lead").first());
  await at(0);
  await keys.press("End");
  await at(MANY - 1);
  await keys.press("ArrowUp");
  await at(MANY - 2);
  await keys.press("Home");
  await at(0);
  await keys.press("PageDown");
  const first = Number(await page.evaluate(() => document.activeElement?.closest("tr")?.getAttribute("aria-rowindex"))) - 2;
  assert.ok(first > 5 && first < 40, `a page has ${first} rows`);
  await at(first);
  await keys.press("PageDown");
  await at(2 * first);
  await keys.press("PageUp");
  await keys.press("ArrowDown");
  await at(first + 1);
  // Scrolled far away by the wheel, the row with the focus stays, and the arrow goes on from it.
  await page.locator(".scroller").evaluate((it) => it.scrollTo(0, it.scrollHeight / 2));
  await ada.until(() => [...document.querySelectorAll("tr.row")].some((it) => Number(it.getAttribute("aria-rowindex")) > 4_000));
  await keys.press("ArrowDown");
  await at(first + 2);
});

test("what passes through the timeline neither makes elements nor moves the focus to another line", async (t) => {
  const SHOWN = 100;
  const task = await new Api(await token("ada")).createTask();
  const crowded = await new Crowded(BASE, { task, tasks: 1_000 }).start();
  t.after(() => crowded.stop());
  const ada = await Person.arrive("ada", { base: crowded.url });
  await ada.signIn();
  await ada.open("/timeline");
  let told = 0;
  const tell = async (/** @type {number} */ n) => {
    for (; n > 0; n -= 1, told += 1) crowded.change(told, { status: "pending" }, { status: "in_progress" });
    await ada.until((title) => document.querySelector(".timeline .subject")?.textContent?.trim() === title, titleOf(told - 1));
  };
  const latest = () => Array.from({ length: SHOWN }, (_, i) => titleOf(told - 1 - i));
  const shown = async () => (await ada.page.locator(".timeline > li .subject").allTextContents()).map((it) => it.trim());
  const strangers = () => ada.page.locator(".timeline > li").evaluateAll((all) => all.filter((it) => !("seen" in it)).length);

  await tell(150);
  assert.deepEqual(await shown(), latest());
  await ada.page.locator(".timeline > li").evaluateAll((all) => all.forEach((it) => Object.assign(it, { seen: true })));
  const third = ada.page.locator(".timeline .subject").nth(2);
  const focused = (await third.textContent())?.trim();
  await third.focus();
  const focus = () => ada.page.evaluate(() => document.activeElement?.textContent?.trim());

  await tell(60);
  assert.deepEqual(await shown(), latest());
  assert.equal(await strangers(), 0);
  assert.equal(await focus(), focused);

  // Of the elements, only the one with the focus goes with its line.
  await tell(200);
  assert.deepEqual(await shown(), latest());
  assert.equal(await strangers(), 1);
  assert.ok(await ada.page.evaluate(() => document.activeElement === document.body));
});
