// @ts-check
/** The history of a task or a worker, newest first, page by page; read again when the resource has changed. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { changes, happened } from "./changes.js";
import { failure, spinner, status, time, traceLink } from "./parts.js";

const PAGE_SIZE = 30;

export class History {
  /** @type {any[]} */
  items = [];
  /** @type {string | null} */
  #next = null;
  /** @type {any} */
  #error = null;
  #loaded = false;
  /** The revision of the resource when the first page was read. */
  #revision = -1;
  #reading = new AbortController();
  #busy = false;

  /** @param {any} app @param {string} path of the history @param {() => void} changed */
  constructor(app, path, changed) {
    this.app = app;
    this.path = path;
    this.changed = changed;
  }

  stop() {
    this.#reading.abort();
  }

  /** Reads the newest page if the resource has a revision that is not known. @param {number} revision */
  async follow(revision) {
    if (revision <= this.#revision || this.#busy) return;
    this.#revision = revision;
    await this.#read(null);
  }

  /** @param {string | null} token */
  async #read(token) {
    this.#busy = true;
    try {
      const page = await this.app.api.get(`${this.path}?page_size=${PAGE_SIZE}${token ? `&page_token=${encodeURIComponent(token)}` : ""}`, { signal: this.#reading.signal });
      this.#error = null;
      if (token) {
        this.items.push(...page.items);
        this.#next = page.next_page_token;
      } else {
        const known = this.items.findIndex((it) => it.id === page.items.at(-1)?.id);
        // The older pages stay, if the newest one reaches them.
        if (known < 0) this.#next = page.next_page_token;
        this.items = known < 0 ? page.items : [...page.items, ...this.items.slice(known + 1)];
      }
      this.#revision = Math.max(this.#revision, this.items[0]?.revision ?? 0);
    } catch (error) {
      if (this.#reading.signal.aborted) return;
      this.#error = error;
    } finally {
      this.#busy = false;
      this.#loaded = true;
    }
    this.changed();
  }

  template() {
    if (!this.#loaded) return spinner();
    const retry = () => this.#read(null);
    return html`${this.#error ? failure(this.#error, retry) : nothing}
      <ol class="history">
        ${this.items.map(
          (it) => html`<li>
            <span class="when">${time(it.time)}</span>
            <div class="what">
              <p><strong>${happened(it.type)}</strong> by ${actor(it)}</p>
              ${described(it.before, it.after)}
            </div>
            ${traceLink(it.trace_id, `${happened(it.type)}, revision ${it.revision}`)}
          </li>`,
        )}
      </ol>
      ${this.#next ? html`<button type="button" class="more" @click=${() => this.#read(this.#next)}>Show older</button>` : nothing}`;
  }
}

/** Who made a change. @param {{actor: string, on_behalf_of: string | null}} it */
export function actor({ actor: who, on_behalf_of: behalf }) {
  return behalf ? html`<bdi>${behalf}</bdi> <span class="hint">through ${who}</span>` : html`<bdi>${who}</bdi>`;
}

/** The changed fields. @param {any} before @param {any} after */
export function described(before, after) {
  const found = changes(before, after);
  if (!found.length) return nothing;
  return html`<ul class="changes">
    ${found.map(({ field, before: was, after: is }) =>
      field === "status"
        ? html`<li>${status(was.replaceAll(" ", "_"))}<span class="arrow" aria-label="to">→</span>${status(is.replaceAll(" ", "_"))}</li>`
        : html`<li><span class="field-name">${field}</span> ${was ? html`<s><bdi>${was}</bdi></s><span class="arrow" aria-label="to">→</span>` : nothing}<bdi>${is || "none"}</bdi></li>`,
    )}
  </ul>`;
}
