// A list of ten thousand tasks. To create them would take minutes: the gateway's stream is replaced by one that shows them, and
// all the rest is the gateway's.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as send } from "node:http";
import { after, before, test } from "node:test";

import { Keyboard } from "./keyboard.mjs";
import { BASE, Person } from "./operator.mjs";

const MANY = 10_000;
const titleOf = (/** @type {number} */ i) => `many ${String(i).padStart(5, "0")}`;

/** A gateway of which the stream shows a task ten thousand times, under other titles. */
class Crowded {
  /** @type {any} */
  task = null;
  #server = createServer((request, response) => {
    if (request.url?.startsWith("/api/events/stream")) return this.#stream(response);
    const { method, url, headers } = request;
    const forwarded = send(BASE + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(forwarded);
  });

  async start() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get url() {
    return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (this.#server.address()).port}`;
  }

  /** @param {import("node:http").ServerResponse} response */
  #stream(response) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const tell = (/** @type {string} */ type, /** @type {any} */ data, /** @type {string} */ subject = "", id = "") => {
      const event = { specversion: "1.0", id: String(Math.random()), type, source: "/ccm/test", time: new Date().toISOString(), subject, data };
      response.write(`event: ${type}\ndata: ${JSON.stringify(event)}\n${id ? `id: ${id}\n` : ""}\n`);
    };
    tell("connected", { user: "ada", roles: [], resumed: false, mode: "snapshot", heartbeat_seconds: 60, server_time: new Date().toISOString() });
    for (let i = 0; i < MANY; i += 1) {
      const id = `${this.task.id.slice(0, -5)}${String(i).padStart(5, "0")}`;
      tell("task.snapshot", { task: { ...this.task, id, title: titleOf(i) } }, `tasks/${id}`);
    }
    tell("snapshot.completed", { tasks: MANY, workers: 0 }, "", "at-the-end");
  }
}

const crowded = new Crowded();
before(() => crowded.start());
after(() => crowded.stop());

test("ten thousand tasks are a list like any other", async () => {
  const ada = await Person.arrive("ada", { base: crowded.url });
  crowded.task = await ada.api.createTask({ title: "many" });
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
