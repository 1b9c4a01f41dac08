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

/**
 * Returns its only context, whose `close` ends it. Now and then, Chromium shows a page of its own that does not answer while
 * Playwright attaches to it: then another one is started.
 */
export async function launchFreezable() {
  for (let attempt = 1; ; attempt++) {
    const { child, end } = await start();
    try {
      const browser = await chromium.connectOverCDP(await addressOf(child), { noDefaults: true, timeout: 20_000 });
      const [context] = browser.contexts();
      const close = async () => {
        await browser.close();
        await end();
      };
      return { context, close };
    } catch (error) {
      await end();
      if (attempt === 3) throw error;
    }
  }
}

async function start() {
  const profile = await mkdtemp(join(tmpdir(), "ccm-web-"));
  const own = ["--headless", "--no-sandbox", "--no-first-run", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
  const child = spawn(CHROMIUM, [...own, ...ARGUMENTS, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
  const exit = once(child, "exit");
  const end = async () => {
    // Asked to end, it would close its windows first.
    child.kill("SIGKILL");
    await exit;
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  };
  return { child, end };
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
