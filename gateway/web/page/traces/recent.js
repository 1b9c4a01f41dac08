// @ts-check
/** The list of recent traces at `/traces`. */

import "./styles.js";
import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { BASE, withoutBase } from "../base.js";
import { clock, count, exact, number, relative } from "../format.js";
import { context, empty, failure, spinner } from "../parts.js";
import { took } from "./scale.js";
import { colours } from "./tree.js";

/** @import { Route } from "./types.js" */

const REFRESH = 2_000;
const LIMIT = 50;
const MOST = 200;
/** The filters, as the address and the gateway name them. */
const FILTERS = ["service", "route", "status", "min_duration_ms", "text"];

/** @param {HTMLElement} root @param {any} app @param {Route} route */
export function mount(root, app, route) {
  let [query, timer, typing, paused] = [route.query, 0, 0, false];
  /** @type {any} */
  let answer = null;
  /** @type {any} */
  let error = null;
  let reading = new AbortController();
  const ends = new AbortController();
  // When the path is another, the view is about to be left.
  const address = withoutBase(location.pathname);
  /** All that were seen, to choose from. */
  const [services, routes] = [new Set(["gateway", "task-service", "worker-service"]), /** @type {Set<string>} */ (new Set())];

  /** @param {boolean} [tells] whether a screen reader hears how many were found */
  async function load(tells = false) {
    clearTimeout(timer);
    reading.abort();
    for (const [name, names] of /** @type {[string, Set<string>][]} */ ([["service", services], ["route", routes]])) if (query.get(name)) names.add(query.get(name) ?? "");
    const { signal } = (reading = new AbortController());
    const asked = new URLSearchParams(FILTERS.flatMap((it) => (query.get(it) ? [[it, query.get(it) ?? ""]] : [])));
    asked.set("limit", query.get("limit") ?? String(LIMIT));
    asked.set("requests_only", String(!query.has("background")));
    try {
      answer = await app.api.get(`/api/traces?${asked}`, { signal });
      error = null;
      if (tells) context.announce(`${count(answer.items.length, "trace")} shown`);
      for (const it of answer.items) {
        it.services.forEach((/** @type {string} */ name) => services.add(name));
        if (it.root.name.includes(" /")) routes.add(it.root.name.replace(/^\S+ /, ""));
      }
    } catch (it) {
      if (signal.aborted) return;
      error = it;
    }
    draw();
    schedule();
  }

  function schedule() {
    clearTimeout(timer);
    if (!paused && !document.hidden && !(error && [403, 404].includes(error.status))) timer = window.setTimeout(() => load(), REFRESH);
  }

  /** @param {string} name @param {string} value */
  function set(name, value) {
    query = new URLSearchParams(query);
    if (value) query.set(name, value);
    else query.delete(name);
    go();
  }

  function go() {
    if (withoutBase(location.pathname) !== address) return;
    app.navigate(`${address}${query.size ? `?${query}` : ""}`, { replace: true });
    load(true);
  }

  const onfilter = (/** @type {Event} */ event) => {
    const { name, value, validity } = /** @type {HTMLInputElement} */ (event.target);
    clearTimeout(typing);
    if (!validity.valid) return;
    typing = window.setTimeout(() => set(name, value.trim()), event.type === "input" ? 250 : 0);
  };

  const onclear = () => {
    query = new URLSearchParams();
    go();
  };

  const onkey = (/** @type {KeyboardEvent} */ event) => {
    const links = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("tbody a.open")]);
    const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined || !links[to]) return;
    event.preventDefault();
    links[to].focus();
  };

  function filters() {
    const value = (/** @type {string} */ name) => live(query.get(name) ?? "");
    const choice = (/** @type {string} */ name, /** @type {[string, string][]} */ options) =>
      html`<select name=${name} .value=${value(name)} @change=${onfilter}>${options.map(([it, text]) => html`<option value=${it} ?selected=${it === (query.get(name) ?? "")}>${text}</option>`)}</select>`;
    /** @type {(names: Set<string>) => [string, string][]} */
    const seen = (names) => [["", "Any"], ...[...names].sort().map((it) => /** @type {[string, string]} */ ([it, it]))];
    const filtered = FILTERS.some((it) => query.get(it)) || query.has("background");
    return html`<form class="t-filters" role="search" aria-label="Traces" @submit=${(/** @type {Event} */ it) => it.preventDefault()}>
      <label>Text <input type="search" name="text" placeholder="Name, id, attribute" .value=${value("text")} @input=${onfilter} /></label>
      <label>Service ${choice("service", seen(services))}</label>
      <label>Route ${choice("route", seen(routes))}</label>
      <label>Status ${choice("status", [["", "Any"], ["ok", "OK"], ["error", "Error"]])}</label>
      <label>Over <span class="unit"><input type="number" min="0" step="1" inputmode="numeric" name="min_duration_ms" .value=${value("min_duration_ms")} @input=${onfilter} /> ms</span></label>
      <label class="check"><input type="checkbox" .checked=${live(query.has("background"))} @change=${() => set("background", query.has("background") ? "" : "1")} /> Background work</label>
      ${filtered ? html`<button type="button" class="small" @click=${onclear}>Clear</button>` : nothing}
    </form>`;
  }

  /** Since when there are traces: what was before is gone. */
  function kept() {
    const { since } = answer;
    return since ? html`<code>ccm up</code> keeps the newest traces in memory, since it was started <time datetime=${since} title=${exact(since)}>${relative(since)}</time>.` : "Only the newest traces are kept.";
  }

  function list() {
    if (error?.status === 403) return empty("For admins only", "A trace shows what the API hides from other users.");
    if (error?.status === 404 || answer?.destination) return empty("Traces go elsewhere", html`<bdi>${error?.message ?? answer.destination}</bdi><br />The trace link of each event, task and worker leads there.`);
    if (error && !answer) return failure(error, () => load());
    if (!answer) return spinner("Reading traces…");
    if (!answer.items.length && FILTERS.some((it) => query.get(it)))
      return empty("No trace matches", kept(), html`<button type="button" class="small" @click=${onclear}>Clear the filters</button>`);
    if (!answer.items.length) return empty("Nothing has been traced yet", html`Each request leaves a trace here: create a task or a worker. ${kept()}`);
    const longest = Math.max(...answer.items.map((/** @type {any} */ it) => it.duration_ms), 0.001);
    const palette = colours([...services]);
    return html`<table class="recent" @keydown=${onkey}>
      <caption class="hidden">Recent traces, the newest first</caption>
      <thead><tr><th scope="col">Time</th><th scope="col">Name</th><th scope="col">Duration</th><th scope="col">Services</th><th scope="col" class="n">Spans</th><th scope="col">Status</th></tr></thead>
      <tbody>${repeat(answer.items, (/** @type {any} */ it) => it.trace_id, (/** @type {any} */ it) => html`<tr>
        <td class="t-when"><time datetime=${it.start} title=${exact(it.start)}>${clock(it.start)}</time></td>
        <td class="t-what"><a class="open" href="${BASE}/traces/${it.trace_id}"><bdi>${it.root.name}</bdi></a>
          ${it.complete ? nothing : html`<small class="arriving">still arriving</small>`}</td>
        <td class="long"><span class="length"><i .style="width: ${Math.max((it.duration_ms / longest) * 100, 0.5)}%"></i></span>${took(it.duration_ms * 1e6)}</td>
        <td class="who">${it.services.map((/** @type {string} */ name) => html`<span><i class="swatch s${palette.get(name)}"></i><bdi>${name}</bdi></span> `)}</td>
        <td class="n">${number(it.spans)}<i> ${it.spans === 1 ? "span" : "spans"}</i></td>
        <td class="how">${it.errors ? html`<span class="errors">✗ ${count(it.errors, "error")}</span>` : html`<span class="fine">OK</span>`}</td>
      </tr>`)}</tbody>
    </table>
    ${answer.items.length >= Number(query.get("limit") ?? LIMIT) && answer.items.length < MOST ? html`<button type="button" class="more" @click=${() => set("limit", String(MOST))}>Show more</button>` : nothing}
    <p class="hint end">${kept()}</p>`;
  }

  function draw() {
    if (ends.signal.aborted) return;
    const refused = error && [403, 404].includes(error.status);
    render(html`<div class="trace-list">
      <header><h1>Traces</h1>
        ${refused ? nothing : html`<button type="button" class="small" aria-pressed=${!paused} title="Read every 2 s" @click=${() => { paused = !paused; draw(); schedule(); }}>Live</button>`}
        <span>${answer && !refused ? `${count(answer.items.length, "trace")} shown` : nothing}</span>
      </header>
      ${refused ? nothing : filters()}
      ${error && answer && !refused ? html`<p class="warned" role="alert">This is not up to date: <bdi>${error.message}</bdi> <button type="button" class="small" @click=${() => load()}>Try again</button></p>` : nothing}
      ${list()}
    </div>`, root);
  }

  app.title("Traces");
  document.addEventListener("visibilitychange", schedule, { signal: ends.signal });
  draw();
  load();
  return {
    update: (/** @type {Route} */ next) => {
      if (String(next.query) === String(query)) return;
      query = next.query;
      load();
    },
    unmount: () => {
      ends.abort();
      reading.abort();
      clearTimeout(timer);
      clearTimeout(typing);
    },
  };
}
