// What axe-core finds in the views and dialogs of the page: nothing, in light and dark, on a desk and on a phone.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { Person, control, fresh } from "./operator.mjs";

const AXE = await readFile(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** What axe-core finds, in words: each rule once. @param {Person} person @param {string} where @param {Map<string, string>} all */
async function check({ page }, where, all) {
  // Policies are of what the page loads; this is from outside.
  const found = await page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] });
    return violations.map((/** @type {any} */ it) => [it.id, `${it.nodes[0].target} ${it.nodes[0].html.slice(0, 200)} ${it.nodes[0].failureSummary}`]);
  });
  for (const [rule, what] of found) if (!all.has(rule)) all.set(rule, `${where}: ${what}`);
}

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const width of [1280, 390]) {
    test(`axe-core finds nothing in any view or dialog, ${colorScheme}, ${width} pixels wide`, async () => {
      // What is still fading in has less contrast.
      const options = /** @type {const} */ ({ colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" });
      const ada = await Person.arrive("ada", { browser: options });
      await ada.context.addInitScript(AXE);
      const { page } = ada;
      /** @type {Map<string, string>} */
      const found = new Map();
      // Without `ccm up` no traces are kept, which the view of traces hears by a 404.
      ada.expects(/401|400|404|ERR_CONNECTION|ERR_INCOMPLETE/);
      const failed = await ada.api.createWorker({ tags: { "sim:refuse": "create" } });
      const worker = await ada.api.createWorker({ tags: { course: "biology" } });
      const task = await ada.api.createTask({ title: fresh("access"), description: "of the test", assignee_id: "ada" });
      await ada.api.send("POST", `/api/workers/${worker.id}/stop`, { reason: "for a task with a run" });
      const { items } = await ada.api.get(`/api/tasks?page_size=50`);
      const action = items.find((/** @type {any} */ it) => it.worker_id === worker.id);

      await page.goto(ada.base);
      await page.getByLabel(/token/i).first().waitFor();
      await check(ada, "sign-in", found);
      await ada.signIn();

      for (const path of ["/", "/workers", "/tasks", "/tasks?q=nothing+like+this", "/timeline", "/timeline?q=nothing+like+this", "/traces"]) {
        await ada.open(path);
        await ada.sees("#view h1, #view h2", /./);
        await check(ada, path, found);
      }
      const details = [
        [`/workers/${failed.id}`, ".bad", /./],
        [`/workers/${worker.id}`, "table.small code", "create"],
        [`/tasks/${task.id}`, ".history li", "created"],
        [`/tasks/${action.id}`, "table.small td", /./],
        ["/tasks/00000000-0000-0000-0000-000000000000", ".empty", /./],
      ];
      for (const [path, selector, text] of details) {
        await ada.open(String(path));
        await ada.sees(String(selector), text);
        await check(ada, String(path), found);
        const within = (/** @type {Element[]} */ all) => all.every((it) => {
          const { clientWidth } = /** @type {Element} */ (it.parentElement);
          const { paddingLeft, paddingRight } = getComputedStyle(/** @type {Element} */ (it.parentElement));
          return it.clientWidth <= clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) + 1;
        });
        assert.ok(await page.locator("table.small").evaluateAll(within), `${path}: a table is wider than its card`);
      }

      await ada.open("/workers");
      await page.getByRole("button", { name: "New worker" }).first().click();
      await page.getByRole("button", { name: "Create worker" }).click();
      await ada.sees("#name-error", /./);
      await check(ada, "dialog with an error", found);
      await page.keyboard.press("Escape");
      await ada.open(`/workers/${worker.id}`);
      await page.getByRole("button", { name: "Terminate" }).click();
      await check(ada, "dialog of a termination", found);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Look again" }).click();
      await ada.toast("The machine is looked at now");
      await check(ada, "message", found);
      await page.getByRole("button", { name: /^Account/ }).click();
      await check(ada, "menu", found);
      await page.keyboard.press("Escape");
      await control("kill gateway");
      await ada.badge("Reconnecting");
      await check(ada, "reconnecting", found);
      await control("start gateway");
      await ada.isLive();
      assert.deepEqual([...found], []);
    });
  }
}
