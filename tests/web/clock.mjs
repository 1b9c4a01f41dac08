// Time as a test wants it, and waiting for what takes real time.

/** The clocks, timers, chance and network state of a client. Nothing moves but by `advance` and `sleep`. */
export class Clock {
  milliseconds = Date.now();
  /** What `random` draws. */
  chance = 1;
  isOnline = true;
  /** What the wall clock was set forward, or went on while the machine slept and the other one stood. */
  shift = 0;
  #timers = new Set();

  environment(EventSource, cookie) {
    return {
      EventSource,
      setTimeout: (run, milliseconds) => {
        const timer = { run, due: this.milliseconds + milliseconds };
        this.#timers.add(timer);
        return timer;
      },
      clearTimeout: (timer) => this.#timers.delete(timer),
      now: () => this.milliseconds + this.shift,
      monotonic: () => this.milliseconds,
      random: () => this.chance,
      isOnline: () => this.isOnline,
      fetch: (url, options) => fetch(url, { ...options, headers: { cookie } }),
    };
  }

  /** Time passes and timers run. */
  advance(milliseconds) {
    const end = this.milliseconds + milliseconds;
    for (;;) {
      const [next] = [...this.#timers].filter((it) => it.due <= end).sort((a, b) => a.due - b.due);
      if (!next) break;
      this.#timers.delete(next);
      this.milliseconds = Math.max(this.milliseconds, next.due);
      next.run();
    }
    this.milliseconds = end;
  }

  /** Time passes and no timer runs, as for a frozen page. */
  sleep(milliseconds) {
    this.milliseconds += milliseconds;
  }
}

/** Waits until `condition` holds, and returns what it returned. */
export async function until(what, condition, seconds = 30) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`it did not happen within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
