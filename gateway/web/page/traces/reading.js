// @ts-check
/** Reads a trace, and again while it may change. */

import { pace } from "./pace.js";

export class Reading {
  /** Why the last attempt failed. @type {any} */
  error = null;
  etag = "";
  changed = Date.now();
  timer = 0;
  ends = new AbortController();

  /** @param {any} api @param {string} id @param {{take: (answer: any) => void, complete: boolean, soon: () => void}} view */
  constructor(api, id, view) {
    this.api = api;
    this.path = `/api/traces/${encodeURIComponent(id)}`;
    this.view = view;
    document.addEventListener("visibilitychange", () => document.hidden || this.read(), { signal: this.ends.signal });
    this.read();
  }

  stop() {
    this.ends.abort();
    clearTimeout(this.timer);
  }

  read = async () => {
    const { signal } = this.ends;
    try {
      const headers = this.etag ? { "If-None-Match": this.etag } : {};
      const response = await this.api.request("GET", this.path, { headers, signal });
      if (response.status !== 304) this.take(await this.api.read(response), response.headers.get("ETag") ?? "");
      this.error = null;
    } catch (error) {
      if (signal.aborted) return;
      this.error = error;
    }
    clearTimeout(this.timer);
    const later = pace({ complete: this.view.complete, quiet: Date.now() - this.changed, error: this.error });
    if (later && !document.hidden) this.timer = window.setTimeout(this.read, later);
    this.view.soon();
  };

  /** @param {any} answer @param {string} etag */
  take(answer, etag) {
    if (!etag || etag !== this.etag) this.changed = Date.now();
    this.etag = etag;
    this.view.take(answer);
  }
}
