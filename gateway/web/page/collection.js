// @ts-check
/** A list of tasks or workers with its filters, which are in the address: it can be shared, reloaded and gone back to. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { BASE } from "./base.js";
import { drawing } from "./drawing.js";
import { count, number, tone, words } from "./format.js";
import { List, sorted } from "./list.js";
import { awaited, empty, icon } from "./parts.js";

/**
 * @typedef {object} Filter A choice of one value.
 * @property {string} name The parameter of the address.
 * @property {string} label
 * @property {(row: any) => string | null} value
 * @property {(value: string) => string} [text]
 * @property {(value: string) => string} [tone]
 */

/**
 * @typedef {object} Collection
 * @property {"tasks" | "workers"} kind
 * @property {string} title
 * @property {string} noun
 * @property {import("./list.js").Column[]} columns
 * @property {string} sort
 * @property {Filter} states The filter that is shown as chips.
 * @property {string[]} order The states in the order of the chips.
 * @property {Filter[]} filters
 * @property {(row: any) => string} text What is searched.
 * @property {string} createName
 * @property {((app: any) => void) | null} create `null` if the caller may not.
 * @property {unknown} nothingYet
 */

/** Where the reader was in each list, by its address, for the way back. @type {Map<string, {top: number, id: string | null}>} */
const places = new Map();

/** @param {HTMLElement} root @param {any} app @param {any} route @param {Collection} collection */
export function mountCollection(root, app, route, collection) {
  const { kind, title, noun, states, filters } = collection;
  let query = new URLSearchParams(route.query);
  render(html`<div class="list-head"></div><div class="list-body"></div><div class="list-foot"></div>`, root);
  const [head, body, foot] = /** @type {HTMLElement[]} */ ([...root.children]);
  const list = new List(body);
  root.classList.add("list-view");
  app.title(title);
  /** What the present filters select. @type {{version: number, query: string, rows: any[], counts: Map<string, number>, found: number}} */
  let kept = { version: -1, query: "", rows: [], counts: new Map(), found: 0 };

  const set = (/** @type {string} */ name, /** @type {string} */ value) => {
    if (value) query.set(name, value);
    else query.delete(name);
    const text = query.toString();
    app.navigate(`/${kind}${text ? `?${text}` : ""}`, { replace: true });
  };

  const select = () => {
    const version = app.store.versions[kind];
    const key = query.toString();
    if (kept.version === version && kept.query === key) return kept;
    const terms = (query.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = filters.filter((it) => query.get(it.name));
    const inScope = [...app.store[kind].values()].filter((row) => {
      if (!wanted.every((it) => it.value(row) === query.get(it.name))) return false;
      if (!terms.length) return true;
      const text = collection.text(row).toLowerCase();
      // Every id has a 1: only a longer part of one is searched for.
      return terms.every((it) => text.includes(it) || (/^[0-9a-f-]{4,}$/.test(it) && row.id.includes(it)));
    });
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const row of inScope) {
      const state = states.value(row) ?? "";
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    const state = query.get(states.name);
    const rows = state ? inScope.filter((it) => states.value(it) === state) : inScope;
    kept = { version, query: key, rows: sorted(rows, collection.columns, query.get("sort") ?? collection.sort), counts, found: inScope.length };
    return kept;
  };

  const draw = () => {
    const { rows, counts, found } = select();
    const { store } = app;
    const all = store[kind].size;
    const isFiltered = rows.length !== all || [...query.keys()].some((it) => it !== "sort");
    render(
      html`<header class="title">
          <h1>${title} <span class="count">${isFiltered ? `${number(rows.length)} of ${number(all)}` : number(all)}</span></h1>
          ${collection.create ? html`<button type="button" class="primary" @click=${() => collection.create?.(app)}>${icon("plus")}${collection.createName}</button>` : nothing}
        </header>
        <div class="filters" role="search" aria-label="Filter the ${noun}s">
          <label class="search">${icon("search")}<span class="hidden">Search ${noun}s</span>
            <input type="search" placeholder="Search" title="The key / leads here" .value=${live(query.get("q") ?? "")} @input=${(/** @type {any} */ it) => set("q", it.target.value)}>
          </label>
          ${filters.map((it) => choice(it))}
          <div class="chips" role="group" aria-label=${states.label}>
            ${chip("", "All", found)}${chipsOf(counts).map((it) => chip(it, states.text?.(it) ?? words(it), counts.get(it) ?? 0))}
          </div>
        </div>`,
      head,
    );
    const sort = query.get("sort") ?? collection.sort;
    const href = (/** @type {any} */ row) => `${BASE}/${kind}/${row.id}`;
    const isEmpty = rows.length === 0;
    root.classList.toggle("is-empty", isEmpty);
    list.show({ caption: `${title}: ${count(rows.length, noun)}`, columns: collection.columns, rows, sort, onsort: (it) => set("sort", it === collection.sort ? "" : it), href, busy: !store.loaded });
    render(isEmpty ? whyEmpty(all) : nothing, foot);
  };

  const whyEmpty = (/** @type {number} */ all) => {
    if (!app.store.loaded) return awaited(app);
    if (all === 0) return empty(`No ${noun}s yet`, collection.nothingYet, collection.create ? html`<button type="button" class="primary" @click=${() => collection.create?.(app)}>${icon("plus")}${collection.createName}</button>` : null);
    return empty(`No ${noun} matches`, `${count(all, noun)} in all are hidden by the search and the filters.`, html`<button type="button" @click=${() => app.navigate(`/${kind}`, { replace: true })}>Clear the filters</button>`);
  };

  const chipsOf = (/** @type {Map<string, number>} */ counts) => {
    const chosen = query.get(states.name);
    const shown = collection.order.filter((it) => counts.has(it) || it === chosen);
    return [...shown, ...[...counts.keys()].filter((it) => !collection.order.includes(it))];
  };

  const chip = (/** @type {string} */ value, /** @type {string} */ text, /** @type {number} */ n) => {
    const pressed = (query.get(states.name) ?? "") === value;
    return html`<button type="button" class="chip ${value ? (states.tone ?? tone)(value) : ""}" aria-pressed=${pressed ? "true" : "false"} @click=${() => set(states.name, pressed ? "" : value)}>
      ${value ? html`<span class="dot" aria-hidden="true"></span>` : nothing}${text}<span class="n">${number(n)}</span>
    </button>`;
  };

  const choice = (/** @type {Filter} */ it) => {
    const chosen = query.get(it.name) ?? "";
    const values = new Set(chosen ? [chosen] : []);
    for (const row of app.store[kind].values()) {
      const value = it.value(row);
      if (value && values.size < 200) values.add(value);
    }
    if (values.size < 2 && !chosen) return nothing;
    return html`<label class="choice"><span class="hidden">${it.label}</span>
      <select .value=${live(chosen)} @change=${(/** @type {any} */ event) => set(it.name, event.target.value)}>
        <option value="">${it.label}: all</option>
        ${[...values].sort().map((value) => html`<option value=${value} ?selected=${value === chosen}>${it.text?.(value) ?? value}</option>`)}
      </select></label>`;
  };

  const drawn = drawing(app, draw);
  const key = () => `/${kind}?${query}`;
  const left = places.get(key());
  if (app.goesBack && left) list.restore(left);
  return {
    update(/** @type {any} */ next) {
      query = new URLSearchParams(next.query);
      draw();
    },
    unmount() {
      places.set(key(), list.place);
      drawn.stop();
      list.unmount();
      root.classList.remove("list-view", "is-empty");
      render(nothing, root);
    },
  };
}
