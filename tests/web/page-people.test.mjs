// Who sees and may do what in the page, and texts that people write to break it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Api, Person, fresh, token } from "./operator.mjs";

test("two people side by side see and may do what is theirs", async () => {
  const mark = fresh("shared");
  const ada = await Person.at("ada", `/tasks?q=${encodeURIComponent(mark)}`);
  const bob = await Person.at("bob", "/tasks", { roles: ["user"] });
  const mine = await ada.api.createTask({ title: `${mark} of ada` });
  const his = await ada.api.createTask({ title: `${mark} of bob`, assignee_id: "bob" });
  await ada.row(mine.id).waitFor();
  await ada.row(his.id).waitFor();
  await bob.row(his.id).waitFor();
  assert.equal(await bob.page.locator("tr.row").count(), 1);
  // The counts are those of what he sees.
  await bob.sees("h1 .count", /^1$/);

  // It is given to somebody else: it leaves his list at once, and an open view of it says so.
  const other = await bob.context.newPage();
  await other.goto(`${bob.base}/tasks/${his.id}`);
  await other.getByRole("heading", { level: 1, name: his.title }).waitFor();
  await ada.api.patch(`/api/tasks/${his.id}`, { assignee_id: "carol" });
  await bob.seesNo("tr.row");
  await bob.sees(".empty p", "There are none");
  await other.locator(".under").filter({ hasText: /no longer visible/i }).waitFor();
  assert.equal(await other.locator(".buttons button").count(), 0);
  assert.ok(await ada.row(his.id).isVisible());
});

test("what a user may not do is not offered, and said", async () => {
  const admin = await Person.at("ada", "/workers");
  const { id, name } = await admin.api.createWorker();
  const bob = await Person.at("bob", "/workers", { roles: ["user"] });
  await bob.row(id).waitFor();
  await admin.row(id).waitFor();
  assert.equal(await bob.page.getByRole("button", { name: "New worker" }).count(), 0);
  assert.equal(await bob.row(id).getByRole("button", { name: /Start|Stop|Terminate/ }).count(), 0);
  assert.ok((await admin.row(id).getByRole("button", { name: /Stop/ }).count()) > 0);
  await bob.row(id).locator("a.lead").click();
  await bob.page.getByRole("heading", { level: 1, name }).waitFor();
  await bob.sees(".buttons", "Administrators can start, stop and terminate workers.");
  assert.equal(await bob.page.locator(".buttons button").count(), 0);
  const max = await Person.at("max", `/workers/${id}`, { roles: ["manager"], department: "teaching" });
  await max.sees(".buttons", "Administrators can start, stop and terminate workers.");
  assert.deepEqual(await max.page.locator(".buttons button").allInnerTexts(), ["Look again"]);
  await max.page.getByRole("button", { name: "Look again" }).click();
  await max.sees(".toast", "The machine is looked at now");
});

test("a manager without a department, and one who sees nothing, are told why", async () => {
  const max = await Person.at("max", "/tasks", { roles: ["manager"] });
  await max.sees(".notice", "no department");
  await max.sees(".empty h2", "No tasks yet");
  const mia = await Person.at("mia", "/tasks", { roles: ["manager"], department: fresh("biology").replaceAll(" ", "-") });
  await mia.seesNo(".notice");
  await mia.sees(".empty p", /You see the tasks of the department biology/);
  const uma = await Person.at("uma", "/tasks", { roles: ["user"] });
  await uma.sees(".empty p", "You see the tasks that are assigned to you, and those that you created. There are none.");
  const nobody = await Person.at("nobody", "/tasks", { roles: [] });
  await nobody.sees(".empty h2, .failure", /./);
});

test("a change that is refused is explained in words", async () => {
  const bob = await Person.arrive("bob", { roles: ["user"] });
  bob.expects(/40[0-9]/);
  const ada = new Api(await token("ada"));
  const his = await ada.createTask({ title: fresh("his"), assignee_id: "bob" });
  await bob.signIn();
  await bob.open(`/tasks/${his.id}`);
  // A user may complete what is assigned to them, but not give it away.
  await bob.page.getByRole("button", { name: "Change" }).click();
  await bob.page.getByLabel("Assignee").fill("carol");
  await bob.page.getByRole("button", { name: "Save" }).click();
  const refused = bob.page.getByRole("dialog").getByRole("alert");
  await refused.waitFor();
  assert.match(await refused.innerText(), /\w+ \w+ \w+/);
  await bob.page.keyboard.press("Escape");
  await bob.page.getByRole("button", { name: "Complete" }).click();
  await bob.sees(".under .status", "Completed");
});

const SCRIPT = "<img src=x onerror=alert(1)>";
const MARKS = `Z${"\u0301\u0323".repeat(50)} marks`;
const TURNED = "invoice \u202Efdp.exe";

test("names that are written to break the page are shown as what they are", async () => {
  const ada = await Person.arrive("ada");
  const { page } = ada;
  const plain = await ada.api.createTask({ title: fresh("plain") });
  const tasks = [];
  for (const title of [SCRIPT, MARKS, TURNED]) tasks.push(await ada.api.createTask({ title, description: title }));
  await ada.signIn();
  await ada.open("/tasks?sort=-created");
  const height = (await ada.row(plain.id).boundingBox())?.height;
  for (const task of tasks) {
    const row = ada.row(task.id);
    assert.equal((await row.locator("a.lead").innerText()).normalize(), task.title.normalize());
    assert.equal((await row.boundingBox())?.height, height, "the row has the height of the others");
    const overflow = await row.locator("td").first().evaluate((it) => getComputedStyle(it).overflowY);
    assert.notEqual(overflow, "visible", "marks that are piled up do not reach into other rows");
    // What turns the order of characters does so in its own cell only.
    assert.equal(await row.locator("a.lead > bdi").count(), 1);
  }
  for (const task of tasks) {
    await ada.open(`/tasks/${task.id}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await ada.sees(".history li", "created");
    assert.equal((await page.locator("h1").innerText()).normalize(), task.title.normalize());
    const [title, under] = [await page.locator("h1").boundingBox(), await page.locator(".under").boundingBox()];
    assert.ok(title && under && title.y + title.height <= under.y, "the title covers nothing");
  }
  const worker = await ada.api.createWorker({ name: SCRIPT, tags: { course: SCRIPT } });
  await ada.toast(`${SCRIPT} is running`);
  await ada.open(`/workers/${worker.id}`);
  await ada.sees("h1", SCRIPT);
  await ada.sees(".tag", SCRIPT);
  await page.getByRole("button", { name: "Terminate" }).click();
  await ada.sees("dialog .name", SCRIPT);
  await page.getByLabel("Name of the worker").fill(SCRIPT);
  await page.getByRole("dialog").getByRole("button", { name: "Terminate" }).click();
  await ada.sees(".under .status", "Terminated");
  for (const path of ["/", "/workers", "/timeline"]) {
    await ada.open(path);
    await ada.sees("bdi", SCRIPT);
  }
  assert.equal(await page.locator("img[src=x]").count(), 0);
});
