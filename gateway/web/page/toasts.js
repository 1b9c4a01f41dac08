// @ts-check
/** Short messages at the edge of the page: what has happened to a worker, and what an action of the person led to. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { BASE } from "./base.js";
import { icon } from "./parts.js";

const SHOWN_FOR = 8_000;
const MAX = 4;
/** Changes of workers that come within this time become one message, in milliseconds. */
const GATHER = 400;

/** The changes of a worker that are worth a message. @type {Record<string, [string, string]>} */
const LIFECYCLE = {
  running: ["is running", "ok"],
  stopped: ["is stopped", "idle"],
  failed: ["has failed", "bad"],
  terminated: ["is terminated", "idle"],
  unknown: ["cannot be observed", "warn"],
};

/** @typedef {{id: number, text: string, kind: string, href?: string, until: number}} Toast */

export class Toasts {
  #app;
  #place = /** @type {HTMLElement} */ (document.getElementById("toasts"));
  /** @type {Toast[]} */
  #toasts = [];
  #next = 1;
  /** @type {{name: string, id: string, state: string}[]} */
  #gathered = [];
  #held = false;

  /** @param {any} app */
  constructor(app) {
    this.#app = app;
    app.store.watch((/** @type {any} */ event) => this.#changed(event));
    this.#place.addEventListener("pointerenter", () => (this.#held = true));
    this.#place.addEventListener("pointerleave", () => (this.#held = false));
    setInterval(() => this.#expire(), 1_000);
  }

  /** @param {string} text @param {{kind?: string, href?: string}} [options] */
  add(text, { kind = "idle", href } = {}) {
    this.#toasts = [...this.#toasts, { id: (this.#next += 1), text, kind, href, until: Date.now() + SHOWN_FOR }].slice(-MAX);
    this.#draw();
    this.#app.announce(text);
  }

  /** @param {any} event */
  #changed({ type, data, subject }) {
    const state = type === "worker.status.updated" || type === "worker.terminated" ? data.worker.status : null;
    if (!state || !LIFECYCLE[state] || data.before?.status === state) return;
    if (this.#gathered.length === 0) setTimeout(() => this.#flush(), GATHER);
    this.#gathered.push({ name: data.worker.name, id: subject.split("/")[1], state });
  }

  /** A message for each worker, or one for many. */
  #flush() {
    const all = this.#gathered;
    this.#gathered = [];
    if (all.length <= 3) {
      for (const { name, id, state } of all) {
        const [words, kind] = LIFECYCLE[state];
        this.add(`${name} ${words}`, { kind, href: `${BASE}/workers/${id}` });
      }
      return;
    }
    for (const [state, [words, kind]] of Object.entries(LIFECYCLE)) {
      const n = all.filter((it) => it.state === state).length;
      if (n) this.add(`${n} ${n === 1 ? "worker" : "workers"}: ${words.replace(/^(is|has) /, "")}`, { kind, href: `${BASE}/workers?status=${state}` });
    }
  }

  #expire() {
    if (this.#held || this.#place.contains(document.activeElement)) return;
    const left = this.#toasts.filter((it) => it.until > Date.now());
    if (left.length === this.#toasts.length) return;
    this.#toasts = left;
    this.#draw();
  }

  /** @param {number} id */
  #close(id) {
    this.#toasts = this.#toasts.filter((it) => it.id !== id);
    this.#draw();
  }

  // Screen readers hear a message by the live region, not here.
  #draw() {
    render(
      repeat(
        this.#toasts,
        (it) => it.id,
        ({ id, text, kind, href }) => html`<div class="toast ${kind}">
          <span class="dot" aria-hidden="true"></span>
          <bdi>${text}</bdi>
          ${href ? html`<a href=${href}>Show</a>` : nothing}
          <button type="button" class="icon" aria-label="Dismiss: ${text}" @click=${() => this.#close(id)}>${icon("close")}</button>
        </div>`,
      ),
      this.#place,
    );
  }
}
