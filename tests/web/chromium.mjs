// Chromium, as Playwright drives it, and one that lets pages be hidden and frozen: Playwright makes each page believe that it
// has the focus, and such a page is never frozen.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

const { CHROMIUM = "/usr/bin/chromium" } = process.env;
const ARGUMENTS = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"];

export function launch() {
  return chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: false, args: ARGUMENTS });
}

/** Returns its only context, whose `close` ends it. */
export async function launchFreezable() {
  const profile = await mkdtemp(join(tmpdir(), "ccm-web-"));
  const own = ["--headless", "--no-sandbox", "--no-first-run", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
  const child = spawn(CHROMIUM, [...own, ...ARGUMENTS], { stdio: ["ignore", "ignore", "pipe"] });
  const exit = once(child, "exit");
  const browser = await chromium.connectOverCDP(await addressOf(child), { noDefaults: true });
  const [context] = browser.contexts();
  const close = async () => {
    await browser.close();
    // Asked to end, Chromium closes its windows first, and now and then it does not come to an end with that.
    child.kill("SIGKILL");
    await exit;
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  };
  return { context, close };
}

/** Where it listens for the debugger, as it says on standard error. */
function addressOf(child) {
  return new Promise((resolve, reject) => {
    child.on("exit", () => reject(new Error("chromium ended")));
    createInterface({ input: child.stderr }).on("line", (line) => {
      const [, address] = line.match(/DevTools listening on (ws:\S+)/) ?? [];
      if (address) resolve(address);
    });
  });
}

/** @param {"frozen" | "active"} state */
export async function setLifecycle(page, state) {
  const session = await page.context().newCDPSession(page);
  await session.send("Page.setWebLifecycleState", { state });
}
