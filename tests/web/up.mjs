// `ccm up`, the binary at CCM_WEB_BINARY, on free ports and with a data directory of its own.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const { CCM_WEB_BINARY } = process.env;

export class Up {
  lines = [];

  /** @param {Record<string, string>} [settings] */
  static async start(settings = {}) {
    const up = new Up();
    up.data = await mkdtemp(join(tmpdir(), "ccm-up-"));
    const ports = ["gateway", "task", "worker"].flatMap((it) => [`--${it}-listen`, "127.0.0.1:0"]);
    up.child = spawn(CCM_WEB_BINARY, ["up", "--data-dir", up.data, ...ports], {
      env: { PATH: process.env.PATH, OTEL_SDK_DISABLED: "true", ...settings },
      stdio: ["pipe", "pipe", "inherit"],
    });
    up.link = await new Promise((resolve, reject) => {
      up.child.on("exit", () => reject(new Error(`ccm up ended:\n${up.lines.join("\n")}`)));
      createInterface({ input: up.child.stdout }).on("line", (line) => {
        up.lines.push(line);
        const [, link] = line.match(/^Cml Cloud Manager is up: (\S+)$/) ?? [];
        if (link) resolve(link);
      });
    });
    up.url = new URL(up.link).origin;
    return up;
  }

  /** Runs another subcommand on the same data, and returns what it prints. */
  async run(command, ...more) {
    const { stdout } = await promisify(execFile)(CCM_WEB_BINARY, [command, "--data-dir", this.data, ...more]);
    return stdout.trim();
  }

  async stop() {
    this.child.removeAllListeners("exit");
    const ended = once(this.child, "exit");
    this.child.kill("SIGINT");
    await ended;
    await rm(this.data, { recursive: true, force: true });
  }
}
