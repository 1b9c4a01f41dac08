// A list of ten thousand tasks.

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
