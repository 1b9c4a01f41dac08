// Forms in dialogs: what was typed, asked for or refused is not lost without a word.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Person, fresh, token } from "./operator.mjs";

const PROBLEM = { type: "about:blank", title: "Service Unavailable", status: 503, detail: "worker-service is unreachable", retryable: true };

/** Answers the next requests with a problem. @param {Person} person @param {string} path @param {any} problem */
function refuse(person, path, problem) {
  person.expects(new RegExp(String(problem.status)));
  const answer = { status: problem.status, contentType: "application/problem+json", body: JSON.stringify(problem) };
  return person.page.route(path, (route) => (route.request().method() === "POST" ? route.fulfill(answer) : route.fallback()));
}

/** Holds requests back until the returned function is called. @param {Person} person @param {string} path */
async function hold(person, path) {
  /** @type {() => void} */
  let release = () => {};
  const released = new Promise((resolve) => (release = () => resolve(undefined)));
  await person.page.route(path, async (route) => {
    if (route.request().method() === "POST") await released;
    await route.fallback();
  });
  return release;
}

/** Fills in the form of a new worker. @param {Person} person */
async function newWorker(person) {
  await person.page.getByRole("button", { name: "New worker" }).first().click();
  const name = fresh("lab");
  await person.page.getByLabel("Name", { exact: true }).fill(name);
  return name;
}

test("text that is selected with the mouse drawn out of the dialog is not lost, and a click beside it closes it", async () => {
  const ada = await Person.at("ada", "/workers");
  const { mouse } = ada.page;
  const name = await newWorker(ada);
  const box = await ada.page.getByLabel("Name", { exact: true }).boundingBox();
  assert.ok(box);
  const [inside, outside] = [[box.x + 20, box.y + box.height / 2], [20, box.y]];
  for (const [[fromX, fromY], [toX, toY]] of [[inside, outside], [outside, inside]]) {
    await mouse.move(fromX, fromY);
    await mouse.down();
    await mouse.move(toX, toY, { steps: 4 });
    await mouse.up();
    assert.equal(await ada.page.getByLabel("Name", { exact: true }).inputValue(), name);
  }
  await mouse.click(outside[0], outside[1]);
  await ada.seesNo("dialog");
});

test("a request whose dialog was closed meanwhile says how it ended, and leads nowhere", async () => {
  const ada = await Person.at("ada", "/workers");
  const { page } = ada;
  const close = async () => {
    await page.getByRole("dialog").getByRole("button", { name: "Create worker" }).click();
    await page.getByRole("button", { name: "Sending…" }).waitFor();
    await page.keyboard.press("Escape");
    await ada.seesNo("dialog");
  };
  await refuse(ada, "**/api/workers", PROBLEM);
  const releaseRefused = await hold(ada, "**/api/workers");
  await newWorker(ada);
  await close();
  releaseRefused();
  await ada.toast("New worker: worker-service is unreachable");

  await page.unroute("**/api/workers");
  const release = await hold(ada, "**/api/workers");
  const name = await newWorker(ada);
  await close();
  release();
  await ada.toast(`${name} was created`);
  await ada.sees("tr.row", name);
  assert.equal(new URL(page.url()).pathname, "/workers");
});

test("a dialog does not stay over another view", async () => {
  const ada = await Person.at("ada", "/tasks");
  await ada.page.getByRole("link", { name: "Workers", exact: true }).click();
  await newWorker(ada);
  await ada.page.goBack();
  await ada.sees("#view h1", "Tasks");
  await ada.seesNo("dialog");
});

/** Sends the form of a new worker without a session, which leads to the view for signing in. @param {Person} person */
async function withoutSession(person) {
  person.expects(/401/);
  const name = await newWorker(person);
  await person.context.clearCookies();
  await person.page.getByRole("button", { name: "Create worker" }).click();
  await person.sees("h1", "Sign in");
  await person.seesNo("dialog");
  return name;
}

/** Signs in with a token, in the view for that. @param {Person} person @param {string} bearer */
async function signInAgain(person, bearer) {
  await person.page.getByLabel(/token/i).first().fill(bearer);
  await person.page.getByRole("button", { name: "Sign in with this token" }).click();
  await person.isLive();
}

test("what was typed when the session ended is there again after signing in", async () => {
  const ada = await Person.arrive("ada");
  ada.expects(/401/);
  await ada.signIn(await token("ada", { seconds: 10 }));
  await ada.page.goto(`${ada.base}/workers`);
  const name = await newWorker(ada);
  await ada.page.getByLabel("Tags").fill("course=biology");
  await ada.sees("h1", "Sign in");
  await ada.seesNo("dialog");
  await signInAgain(ada, ada.api.bearer);
  const dialog = ada.page.getByRole("dialog");
  assert.equal(await dialog.getByLabel("Name", { exact: true }).inputValue(), name);
  assert.equal(await dialog.getByLabel("Tags").inputValue(), "course=biology");
  await dialog.getByRole("button", { name: "Create worker" }).click();
  await ada.toast(`${name} was created`);
  await ada.seesNo("dialog");
});

test("a form that was refused because the session had ended can be sent after signing in", async () => {
  const ada = await Person.at("ada", "/workers");
  const name = await withoutSession(ada);
  await signInAgain(ada, ada.api.bearer);
  const dialog = ada.page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Create worker" }).waitFor();
  assert.equal(await dialog.getByRole("alert").count(), 0, "the session is a new one");
  await dialog.getByRole("button", { name: "Create worker" }).click();
  await ada.toast(`${name} was created`);
});

test("what was typed is not shown to the next one who signs in", async () => {
  const ada = await Person.at("ada", "/workers");
  const name = await withoutSession(ada);
  await signInAgain(ada, await token("bob"));
  await ada.sees("#view h1", "Workers");
  assert.equal(await ada.page.locator("dialog").count(), 0);
  await ada.page.getByRole("button", { name: "New worker" }).first().click();
  assert.notEqual(await ada.page.getByLabel("Name", { exact: true }).inputValue(), name);
});

test("all that the gateway refuses is told, at the fields and above them", async () => {
  const ada = await Person.at("ada", "/workers");
  const violations = [
    { field: "name", description: "must not begin with a digit" },
    { field: "name", description: "must be unique" },
    { field: "tags.course", description: "must not be empty" },
    { field: "colour", description: "is not a known field" },
  ];
  await refuse(ada, "**/api/workers", { ...PROBLEM, status: 400, detail: "4 fields are not valid", violations });
  await newWorker(ada);
  await ada.page.getByRole("button", { name: "Create worker" }).click();
  await ada.sees("#name-error", /must not begin with a digit\s*must be unique/);
  await ada.sees("#tags-error", "must not be empty");
  const alert = await ada.page.getByRole("dialog").getByRole("alert").innerText();
  assert.match(alert, /4 fields are not valid\s+colour: is not a known field$/);
});

test("a name with several spaces is shown as it is, and can be copied and typed", async () => {
  const ada = await Person.arrive("ada");
  const { id, name } = await ada.api.createWorker({ name: fresh("two  spaces") });
  await ada.signIn();
  const { page } = ada;
  await ada.open("/workers");
  assert.equal(await ada.row(id).locator("a.lead bdi").innerText(), name);
  await ada.open(`/workers/${id}`);
  await page.getByRole("button", { name: "Terminate" }).click();
  assert.equal(await page.getByRole("heading", { level: 1 }).locator("bdi").innerText(), name);
  await page.locator("dialog .name").click();
  const copied = await page.evaluate(() => String(getSelection()));
  assert.equal(copied.trim(), name);
  await page.getByLabel("Name of the worker").fill(copied);
  await page.getByRole("dialog").getByRole("button", { name: "Terminate" }).click();
  await ada.sees(".under .status", "Terminated");
});
