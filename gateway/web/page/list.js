// @ts-check
/**
 * A table of which only the rows in view are in the document: ten thousand rows cost as much as thirty. Rows have one
 * height. The focus stays in its row, whatever the stream changes, and is never lost when the row moves.
 */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";

const OVERSCAN = 8;

/**
 * @typedef {object} Column
 * @property {string} key
 * @property {string} name The heading.
 * @property {(row: any) => unknown} cell
 * @property {(row: any) => string | number} [sort] What the column is sorted by; without it, it cannot be sorted.
 * @property {boolean} [descends] Whether the first click sorts from high to low.
 * @property {string} [css] Classes of the cells.
 * @property {(row: any) => string} [whole] The whole text of a cell that may be cut.
 * @property {boolean} [hiddenName] Whether the heading is for screen readers only.
 */

/**
 * @typedef {object} Table
 * @property {string} caption
 * @property {Column[]} columns
 * @property {any[]} rows In the order in which they are shown; each with an `id`.
 * @property {string} sort The key of the sorted column, with `-` before it if it descends.
 * @property {(sort: string) => void} onsort
 * @property {(row: any) => string} href Where a row leads.
 * @property {boolean} [busy]
 */

export class List {
  #place;
  #scroller = document.createElement("div");
  /** @type {Table | null} */
  #table = null;
  #rowHeight = 44;
  #first = 0;
  #last = 0;
  #frame = 0;
  /** The row that has, or had, the focus. @type {{id: string, index: number, control: number} | null} */
  #focus = null;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
    this.#scroller.className = "scroller";
    this.#scroller.tabIndex = -1;
    this.#scroller.addEventListener("scroll", () => this.#soon(), { passive: true });
    this.#scroller.addEventListener("keydown", (event) => this.#key(event));
    this.#scroller.addEventListener("focusin", (event) => this.#noteFocus(event));
    this.#scroller.addEventListener("focusout", (event) => {
      if (event.relatedTarget) this.#focus = null;
    });
    this.#resized = new ResizeObserver(() => this.#soon());
    this.#resized.observe(this.#scroller);
  }

  #resized;

  unmount() {
    this.#resized.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  /** Where the reader is: how far the list is scrolled, and the row with the focus. */
  get place() {
    return { top: this.#scroller.scrollTop, id: this.#focus?.id ?? null };
  }

  /** Goes back to a place. @param {{top: number, id: string | null}} place */
  restore({ top, id }) {
    this.#scroller.scrollTop = top;
    this.#draw();
    const index = this.#table?.rows.findIndex((it) => it.id === id) ?? -1;
    if (index >= 0) this.#goTo(index, 0);
  }

  /** @param {Table} table */
  show(table) {
    this.#table = table;
    if (!this.#scroller.isConnected) this.#place.append(this.#scroller);
    this.#draw();
  }

  #soon() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    const table = this.#table;
    if (!table) return;
    const { rows, columns, caption, sort, href } = table;
    this.#rowHeight = parseFloat(getComputedStyle(this.#scroller).getPropertyValue("--row-height")) || 44;
    const height = this.#scroller.clientHeight || 600;
    const top = Math.min(this.#scroller.scrollTop, Math.max(0, rows.length * this.#rowHeight - height));
    this.#first = Math.max(0, Math.floor(top / this.#rowHeight) - OVERSCAN);
    this.#last = Math.min(rows.length, Math.ceil((top + height) / this.#rowHeight) + OVERSCAN);
    const shown = rows.slice(this.#first, this.#last);
    // The row with the focus stays in the document when it is scrolled away.
    const focused = this.#focus && shown.every((it) => it.id !== this.#focus?.id) ? rows.findIndex((it) => it.id === this.#focus?.id) : -1;
    const before = focused >= 0 && focused < this.#first;
    if (before) shown.unshift(rows[focused]);
    else if (focused >= 0) shown.push(rows[focused]);
    const space = (/** @type {number} */ n) => html`<tr class="space" aria-hidden="true" .style=${`height: ${Math.max(0, n) * this.#rowHeight}px`}></tr>`;
    const index = (/** @type {any} */ row, /** @type {number} */ i) =>
      row === rows[focused] ? focused : this.#first + i - (before ? 1 : 0);
    render(
      html`<table aria-rowcount=${rows.length + 1} aria-busy=${table.busy ? "true" : "false"}>
        <caption class="hidden">${caption}</caption>
        <thead><tr aria-rowindex="1">${columns.map((it) => this.#heading(it, sort))}</tr></thead>
        <tbody>
          ${space(this.#first - (before ? 1 : 0))}
          ${repeat(
            shown,
            (it) => it.id,
            (row, i) => html`<tr class="row" data-id=${row.id} aria-rowindex=${index(row, i) + 2} @click=${(/** @type {MouseEvent} */ event) => open(event)}>
              ${columns.map(
                ({ cell, css, whole }, column) =>
                  html`<td class=${css ?? nothing} title=${whole?.(row) || nothing}>${column === 0 ? html`<a class="lead" href=${href(row)}>${cell(row)}</a>` : cell(row)}</td>`,
              )}
            </tr>`,
          )}
          ${space(rows.length - this.#last - (focused >= this.#last ? 1 : 0))}
        </tbody>
      </table>`,
      this.#scroller,
    );
    this.#keepFocus();
  }

  /** @param {Column} column @param {string} sort */
  #heading({ key, name, sort: by, descends, css, hiddenName }, sort) {
    const title = html`<span class=${hiddenName ? "hidden" : "heading"}>${name}</span>`;
    if (!by) return html`<th scope="col" class=${css ?? nothing}>${title}</th>`;
    const is = sort === key ? "ascending" : sort === `-${key}` ? "descending" : "none";
    const next = is === "none" ? (descends ? `-${key}` : key) : is === "ascending" ? `-${key}` : key;
    return html`<th scope="col" class=${css ?? nothing} aria-sort=${is}>
      <button type="button" class="sort" @click=${() => this.#table?.onsort(next)}>${title}<span class="arrow" aria-hidden="true">${is === "ascending" ? "↑" : is === "descending" ? "↓" : ""}</span></button>
    </th>`;
  }

  /** @param {FocusEvent} event */
  #noteFocus(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (target.closest("tr.row"));
    if (!row) return (this.#focus = null);
    const id = row.dataset.id ?? "";
    const index = this.#table?.rows.findIndex((it) => it.id === id) ?? 0;
    this.#focus = { id, index, control: controls(row).indexOf(target) };
  }

  /** A row that was moved has lost the focus; one that is gone leaves it to the row in its place. */
  #keepFocus() {
    const focus = this.#focus;
    if (!focus || this.#scroller.contains(document.activeElement) || document.activeElement !== document.body) return;
    const rows = /** @type {HTMLElement[]} */ ([...this.#scroller.querySelectorAll("tr.row")]);
    const row = rows.find((it) => it.dataset.id === focus.id) ?? rows[Math.min(focus.index - this.#first, rows.length - 1)];
    const target = row && (controls(row)[focus.control] ?? controls(row)[0]);
    if (target) target.focus({ preventScroll: true });
    else this.#scroller.focus({ preventScroll: true });
  }

  /** Arrow keys go from row to row, Home and End to the first and last one. @param {KeyboardEvent} event */
  #key(event) {
    const rows = this.#table?.rows ?? [];
    const target = /** @type {HTMLElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (target.closest("tr.row"));
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = rows.findIndex((it) => it.id === row.dataset.id);
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / this.#rowHeight) - 2);
    /** @type {Record<string, number>} */
    const goal = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, PageDown: at + page, PageUp: at - page };
    if (!(event.key in goal) || at < 0) return;
    event.preventDefault();
    const control = Math.max(0, controls(row).indexOf(target));
    this.#goTo(Math.max(0, Math.min(rows.length - 1, goal[event.key])), control);
  }

  /** @param {number} index @param {number} control */
  #goTo(index, control) {
    const id = this.#table?.rows[index]?.id;
    if (!id) return;
    const top = index * this.#rowHeight;
    const head = this.#scroller.querySelector("thead")?.clientHeight ?? 0;
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + this.#rowHeight > scrollTop + clientHeight - head) this.#scroller.scrollTop = top + this.#rowHeight - clientHeight + head;
    this.#draw();
    const row = /** @type {HTMLElement | null} */ (this.#scroller.querySelector(`tr[data-id="${CSS.escape(id)}"]`));
    if (row) (controls(row)[control] ?? controls(row)[0])?.focus({ preventScroll: true });
  }
}

/** @param {HTMLElement} row */
function controls(row) {
  return /** @type {HTMLElement[]} */ ([...row.querySelectorAll("a[href], button:not(:disabled)")]);
}

/** A click anywhere on a row follows its first link, unless text was selected. @param {MouseEvent} event */
function open(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.closest("a, button, input, select, summary") || getSelection()?.toString()) return;
  const link = /** @type {HTMLElement} */ (event.currentTarget).querySelector("a.lead");
  link?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: event.ctrlKey, metaKey: event.metaKey, shiftKey: event.shiftKey }));
}

/**
 * The rows in the order of a column; those that are alike, newest first.
 * @param {any[]} rows @param {Column[]} columns @param {string} sort
 */
export function sorted(rows, columns, sort) {
  const descends = sort.startsWith("-");
  const by = columns.find((it) => it.key === sort.replace(/^-/, ""))?.sort;
  const keyed = rows.map((row) => ({ row, key: by?.(row) ?? "" }));
  const sign = descends ? -1 : 1;
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.row.id < b.row.id ? 1 : -1));
  return keyed.map((it) => it.row);
}
