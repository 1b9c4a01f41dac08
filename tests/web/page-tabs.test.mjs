// Several tabs of one browser, which share the session, and presses that come twice.

import assert from "node:assert/strict";
import { test } from "node:test";

import { BASE, Person, fresh, token } from "./operator.mjs";

/** Another tab of the same browser. @param {Person} person @param {string} path */
async function tabOf(person, path) {
  const tab = await person.context.newPage();
  await tab.goto(BASE + path);
  await tab.locator("#badge [data-state=Live]").waitFor();
  return tab;
}

test("signing out holds for every tab, and signing in again, too", async () => {
  const ada = await Person.at("ada", "/workers");
  ada.expects(/401/);
  const tab = await tabOf(ada, "/tasks");
  await ada.page.getByRole("button", { name: /Account/ }).click();
  await ada.page.getByRole("button", { name: "Sign out" }).click();
  await ada.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await tab.getByText("You are signed out.").waitFor();
  assert.equal((await ada.context.request.get(`${BASE}/api/me`)).status(), 401);
  await ada.page.getByLabel("Token").fill(ada.api.bearer);
  await ada.page.getByRole("button", { name: "Sign in with this token" }).click();
  await ada.isLive();
  await tab.getByRole("heading", { level: 1, name: "Tasks" }).waitFor();
  await tab.locator("#badge [data-state=Live]").waitFor();
});

test("a tab shows what is of whoever signed in last", async () => {
  const ada = await Person.at("ada", "/tasks");
  const { title } = await ada.api.createTask();
  await ada.sees("tr.row", title);
  // What is read for ada when the session is that of zoe already is not found.
  ada.expects(/404/);
  const tab = await tabOf(ada, "/");
  await ada.signIn(await token("zoe", { roles: ["user"] }));
  await tab.reload();
  await tab.getByRole("button", { name: "Account: zoe" }).waitFor();
  await ada.page.getByRole("button", { name: "Account: zoe" }).waitFor();
  await ada.seesNo("tr.row", title);
  await ada.sees(".empty h2", "No tasks yet");
});

test("who could not be signed out is told so, and sees everything as before", async () => {
  const ada = await Person.at("ada", "/tasks");
  ada.expects(/Failed to load|ERR_FAILED/);
  const { title } = await ada.api.createTask();
  await ada.page.route("**/api/session", (route) => route.abort());
  await ada.page.getByRole("button", { name: /Account/ }).click();
  await ada.page.getByRole("button", { name: "Sign out" }).click();
  await ada.toast("You are still signed in.");
  await ada.sees("tr.row", title);
  await ada.badge("Live");
});

test("Complete, pressed twice, completes", async () => {
  const ada = await Person.at("ada");
  const { id } = await ada.api.createTask({ title: fresh("twice") });
  await ada.open(`/tasks/${id}`);
  const button = ada.page.getByRole("button", { name: "Complete", exact: true });
  await button.focus();
  await ada.page.keyboard.press("Enter");
  await ada.page.keyboard.press("Enter");
  await ada.sees(".under .status", "Completed");
  await ada.sees(".history li", /status changed/);
  assert.equal((await ada.api.get(`/api/tasks/${id}`)).status, "completed");
  assert.equal((await ada.api.get(`/api/tasks/${id}`)).version, 2);
});
