// Signing in to the page in Chromium, at the binary CCM_WEB_BINARY: by a link of `ccm up`, by a pasted token, at an issuer that
// checks everything and is made to refuse, and at a real one.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { startPeople } from "../oidc/people.mjs";
import { launch } from "./chromium.mjs";
import { until } from "./clock.mjs";
import { FakeIssuer } from "./fake-issuer.mjs";
import { Up } from "./up.mjs";

const PATIENCE = 60_000;
let browser, context, page, complaints;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

beforeEach(async () => {
  await open();
});

afterEach(() => context.close());

/** A new browser, as of somebody else. */
async function open() {
  context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE);
  page = await context.newPage();
  complaints = [];
  // Nor does it matter that the form of the provider asks for a font of the internet.
  const isExpected = (text) => /status of 40\d/.test(text);
  page.on("console", (it) => it.type() === "error" && !isExpected(it.text()) && !/NAME_NOT_RESOLVED/.test(it.text()) && complaints.push(it.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
}

const signedIn = () => page.locator("#badge").filter({ hasText: "Live" }).waitFor();
const signInView = () => page.getByRole("heading", { name: "Sign in" }).waitFor();
const told = (text) => page.getByRole("alert").filter({ hasText: text }).waitFor();
const me = () => page.evaluate(async () => (await fetch("/api/me")).json());
const stored = () => page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie]));
const taskOf = (up, token, title) =>
  fetch(`${up.url}/api/tasks`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ title }),
  });

describe("under ccm up", () => {
  let up;
  before(async () => {
    up = await Up.start();
  });
  after(() => up?.stop());

  test("the link in the first line signs in, once, and leaves nothing in the address", async () => {
    const { link } = up;
    await page.goto(link);
    await signedIn();
    assert.equal(page.url(), `${up.url}/`);
    assert.equal((await me()).subject, "local");
    assert.ok(!(await stored()).includes(link.split("=")[1]));
    // Somebody who is signed in and opens the link again stays signed in.
    await page.goto("about:blank");
    await page.goto(link);
    await signedIn();
    await context.close();
    await open();
    await page.goto(link);
    await told("This code was used already");
    await page.goto(await up.run("login", "--sub", "maria", "--role", "user"));
    await signedIn();
    assert.equal((await me()).subject, "maria");
    assert.deepEqual(complaints, []);
  });

  test("a token is pasted, and a wrong one is refused in words", async () => {
    await page.goto(`${up.url}/tasks`);
    await signInView();
    const paste = async (token) => {
      await page.getByLabel("Token", { exact: true }).fill(token);
      await page.keyboard.press("Enter");
    };
    await paste("two words");
    await told("This is not a token");
    await paste("abc.def.ghi");
    await told("token");
    await paste(`export TOKEN=${await up.run("token", "--sub", "eve")}`);
    await signedIn();
    assert.equal((await me()).subject, "eve");
    assert.equal(new URL(page.url()).pathname, "/tasks");
    assert.deepEqual(complaints, []);
  });
});

describe("at an issuer", () => {
  let issuer, up, goIn;
  beforeEach(async () => {
    issuer = await new FakeIssuer().start();
    up = await Up.start(settings(issuer.url));
    issuer.page = up.url;
    goIn = async (path = "/") => {
      await page.goto(up.url + path);
      await page.getByRole("button", { name: "Sign in with 127.0.0.1" }).click();
    };
  });
  afterEach(async () => {
    await up?.stop();
    await issuer?.stop();
  });

  test("one comes back to the view, the session is renewed unnoticed, and ended there, too", async () => {
    await goIn("/tasks?status=pending");
    await signedIn();
    assert.equal(page.url(), `${up.url}/tasks?status=pending`);
    assert.equal((await me()).subject, "ada");
    assert.ok(!/refresh-|eyJ|verifier/.test(await stored()));
    await page.evaluate(() => {
      const badge = document.querySelector("#badge");
      window.shown = new Set();
      const look = () => window.shown.add(badge.textContent.replace(/[\d.]+/g, "").trim());
      new MutationObserver(look).observe(badge, { subtree: true, childList: true, characterData: true });
    });
    // For longer than two tokens are valid, a task comes every 100 ms.
    const admin = issuer.access("bot", ["admin"], 600);
    let count = 0;
    while (issuer.refreshed < 3) {
      assert.equal((await taskOf(up, admin, `task ${(count += 1)} of the renewal`)).status, 201);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await page.getByText(`task ${count} of the renewal`).first().waitFor();
    const { total } = await page.evaluate(async () => {
      const { items } = await (await fetch("/api/tasks?page_size=200")).json();
      return { total: items.length };
    });
    assert.equal(total, count);
    const shown = await page.evaluate(() => [...window.shown]);
    assert.ok(shown.every((it) => it.includes("Live")), shown.join(" | "));
    await page.evaluate(() => import("/page/session.js").then((it) => void it.end(() => {})));
    await signInView();
    assert.equal((await fetch(`${up.url}/api/me`)).status, 401);
    assert.equal((await me()).status, 401);
    assert.equal(issuer.ended.length, 1);
    assert.deepEqual(issuer.ended[0].post_logout_redirect_uri, `${up.url}/`);
    assert.match(issuer.ended[0].id_token_hint, /^eyJ/);
    assert.deepEqual([issuer.wrong, complaints], [[], []]);
  });

  test("a response that is not the answer to this sign-in begins no session", async () => {
    const refuses = async (spoil, text) => {
      issuer.spoil = spoil;
      await goIn();
      await told(text);
      assert.equal((await me()).status, 401);
      assert.equal(page.url(), `${up.url}/`);
    };
    await refuses((it) => (it.state = "another"), "belongs to no sign-in");
    await refuses((it) => (it.iss = "https://evil.example"), "not from the issuer");
    await refuses((it) => delete it.iss, "not from the issuer");
    await refuses((it) => {
      delete it.code;
      Object.assign(it, { error: "access_denied", error_description: "<b>No</b> for Ada" });
    }, "refused: <b>No</b> for Ada (access_denied)");
    issuer.spoilId = (it) => (it.nonce = "another");
    await refuses(() => {}, "id token of the issuer does not belong");
    issuer.spoilId = () => {};
    await page.goto(`${up.url}/#code=x&state=y&iss=z`);
    await told("belongs to no sign-in");
    assert.deepEqual([issuer.wrong, complaints], [[], []]);
  });

  test("a session that the issuer does not renew ends in words, and a reload signs in again by itself, once", async () => {
    issuer.refuseRefresh = "invalid_grant";
    await goIn("/workers");
    await signedIn();
    await told("Your session has ended");
    assert.equal(issuer.asked.length, 1);
    issuer.lifetime = 60;
    await page.reload();
    await signedIn();
    assert.equal(page.url(), `${up.url}/workers`);
    assert.equal(issuer.asked.length, 2);
    assert.deepEqual(issuer.wrong, []);
  });

  /** Signs in, types into the form of a new worker, and waits until the session is over. */
  async function typeUntilTheEnd() {
    await goIn("/workers");
    await signedIn();
    await page.getByRole("button", { name: "New worker" }).first().click();
    await page.getByLabel("Name", { exact: true }).fill("biology-lab");
    await page.getByLabel("Region", { exact: true }).fill("eu-west-1");
    await page.getByLabel("Tags").fill("course=biology");
    issuer.refuseRefresh = "invalid_grant";
    await told("Your session has ended");
    issuer.lifetime = 60;
  }
  const again = () => page.getByRole("button", { name: "Sign in with 127.0.0.1" }).click();

  test("what was typed when the session ended is there again after signing in at the issuer", async () => {
    await typeUntilTheEnd();
    // The issuer refuses once, which leads back to the view for signing in.
    issuer.spoil = (it) => {
      delete it.code;
      Object.assign(it, { error: "access_denied" });
    };
    await again();
    await told("refused");
    issuer.spoil = () => {};
    await again();
    await signedIn();
    const dialog = page.getByRole("dialog");
    assert.equal(await dialog.getByLabel("Name", { exact: true }).inputValue(), "biology-lab");
    assert.equal(await dialog.getByLabel("Region", { exact: true }).inputValue(), "eu-west-1");
    assert.equal(await dialog.getByLabel("Tags").inputValue(), "course=biology");
    assert.ok(!(await stored()).includes("biology"), "it was kept for this time only");
    await dialog.getByRole("button", { name: "Create worker" }).click();
    await page.getByRole("heading", { level: 1, name: "biology-lab" }).waitFor();
    await page.locator(".tag").filter({ hasText: "course=biology" }).waitFor();
    assert.deepEqual([issuer.wrong, complaints], [[], []]);
  });

  test("what was typed is not shown to somebody else who signs in at the issuer", async () => {
    await typeUntilTheEnd();
    issuer.subject = "eve";
    await again();
    await signedIn();
    assert.equal((await me()).subject, "eve");
    await page.getByRole("heading", { level: 1, name: "Workers" }).waitFor();
    assert.equal(await page.locator("dialog").count(), 0);
    assert.ok(!(await stored()).includes("biology"));
  });

  test("an issuer that is down is said", async () => {
    await up.stop();
    up = await Up.start(settings("http://127.0.0.1:9"));
    await page.goto(up.url);
    await page.getByText("127.0.0.1:9 does not answer the gateway at the moment").waitFor();
    await page.getByLabel("Token", { exact: true }).waitFor();
  });
});

test("at a certified provider, with its form, rotation of refresh tokens and sign-out", async () => {
  const people = await startPeople();
  const up = await Up.start(settings(people.url));
  people.serve(`${up.url}/`, 5);
  try {
    await page.goto(up.url);
    await until("the gateway knows the issuer", async () => {
      const { methods } = await (await fetch(`${up.url}/api/sign-in`)).json();
      return methods.includes("issuer");
    });
    await page.goto(up.url);
    await page.getByRole("button", { name: "Sign in with 127.0.0.1" }).click();
    await page.locator("[name=login]").fill("grace");
    await page.locator("[name=password]").fill("x");
    await page.locator("[type=submit]").click();
    await page.getByRole("button", { name: "Continue" }).click();
    await signedIn();
    assert.equal((await me()).subject, "grace");
    await until("it was renewed twice", () => people.refreshed() >= 2, 60);
    assert.equal((await me()).subject, "grace");
    await page.evaluate(() => import("/page/session.js").then((it) => void it.end(() => {})));
    await page.getByRole("button", { name: "Yes, sign me out" }).click();
    await signInView();
    assert.equal(page.url(), `${up.url}/`);
    assert.deepEqual(complaints, []);
  } finally {
    await up.stop();
    people.stop();
  }
});

function settings(issuer) {
  return {
    CCM_OIDC_ISSUER: issuer,
    CCM_PAGE_CLIENT_ID: "page",
    CCM_CLOCK_LEEWAY: "0s",
    CCM_OIDC_CLIENT_ID: "gateway",
    CCM_OIDC_CLIENT_SECRET: "only-for-tests",
  };
}
