// @ts-check
/** Counts what people meet in the page, for everybody together and without any content: POST /api/page/reports. */

const EVERY = 60_000;
const MAX = 1_000;
/** What the gateway says when the events since the last one are not to be had. */
const GAPS = new Set(["history_gone", "other_log", "unknown_id"]);

export class Reports {
  #app;
  /** The counts since the last report. @type {Record<string, number>} */
  #counts = {};
  /** @type {number | null} */
  #lag = null;
  #view = "other";
  #wasLost = false;

  /** @param {any} app */
  constructor(app) {
    this.#app = app;
    app.api.onFailed(() => this.add("load_failed"));
    app.store.subscribe(() => this.#connection());
    setInterval(() => this.#send(), EVERY);
    document.addEventListener("visibilitychange", () => document.hidden && this.#send());
  }

  /** A view is shown. @param {string} name */
  show(name) {
    if (name === this.#view) return;
    this.#send();
    this.#view = name;
  }

  /** @param {string} kind */
  add(kind) {
    this.#counts[kind] = Math.min(MAX, (this.#counts[kind] ?? 0) + 1);
  }

  /** @param {import("../sse-client.d.ts").StreamEvent} event @param {import("../sse-client.d.ts").Delivery} delivery */
  take({ type, data }, { lag }) {
    if (lag !== null && this.#app.store.state === "Live") this.#lag = Math.max(this.#lag ?? 0, lag);
    if (type !== "stream.reset") return;
    this.add("stream_reset");
    if (GAPS.has(data.reason)) this.add("stream_gap");
  }

  #connection() {
    const { state } = this.#app.store;
    if (state === "Reconnecting" || state === "Offline") this.#wasLost = true;
    if (state !== "Live" || !this.#wasLost) return;
    this.#wasLost = false;
    this.add("reconnected");
  }

  #send() {
    if (!this.#app.me || (this.#lag === null && Object.keys(this.#counts).length === 0)) return;
    const body = { view: this.#view, ...this.#counts, ...(this.#lag === null ? {} : { lag_seconds: Math.min(this.#lag, 86_400) }) };
    this.#counts = {};
    this.#lag = null;
    // What cannot be sent is not worth another attempt.
    this.#app.api.request("POST", "/api/page/reports", { body, keepalive: true }).catch(() => {});
  }
}
