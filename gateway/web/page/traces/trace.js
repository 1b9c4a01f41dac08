// @ts-check
/** The view of one trace, or of all traces about a task or a worker, at `/traces/{id}`. */

import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { count, exact, shortId } from "../format.js";
import { copyButton, empty, failure, icon, spinner } from "../parts.js";
import { LEVELS, LINES, details, logs } from "./details.js";
import { axis, pan, place, timeAt, took, view, zoom } from "./scale.js";
import { model, pace, reveal, rows } from "./tree.js";
import { label, waterfall } from "./waterfall.js";

/** @typedef {import("./tree.js").Span} Span */
/** @typedef {{params: Record<string, string>, query: URLSearchParams}} Route */
/** A drag over the ruler, or over the overview of the whole. @typedef {{whole: boolean, from: number, to: number}} Drag */

const NARROW = matchMedia("(max-width: 720px)");
/** A shorter drag is a click, in pixels. */
const DRAG = 5;

/** @param {HTMLElement} root @param {any} app @param {Route} route */
export function mount(root, app, route) {
  let it = new Waterfall(root, app, route.params.id);
  const update = (/** @type {Route} */ next) => {
    if (next.params.id !== it.id) {
      it.unmount();
      it = new Waterfall(root, app, next.params.id);
    }
    it.update(next.query);
  };
  update(route);
  return { update, unmount: () => it.unmount() };
}

export class Waterfall {
  model = model({ traces: [] });
  axis = axis(0, []);
  /** What is seen of the axis; all of it if `null`. @type {import("./scale.js").View | null} */
  zoomed = null;
  /** @type {import("./tree.js").Row[]} */
  rows = [];
  /** Keys of the rows that are collapsed. @type {Set<string>} */
  closed = new Set();
  /** The row that has the focus, or had it last: its key and its place. */
  focused = "";
  focus = 0;
  /** The key of the span whose details are shown. */
  selected = "";
  /** The span that the address names, until it has arrived. */
  wanted = "";
  tab = "spans";
  byService = false;
  path = true;
  cut = true;
  level = LEVELS[0];
  lines = LINES;
  width = 600;
  mapWidth = 600;
  /** The overview as it was drawn for an axis. @type {{axis: import("./scale.js").Axis | null, shapes: unknown}} */
  map = { axis: null, shapes: null };
  height = 28;
  deepest = 12;
  /** The pixels of the rows that are seen. */
  range = [0, 0];
  /** @type {Drag | null} */
  drag = null;
  /** @type {any} */
  error = null;
  etag = "";
  changed = Date.now();
  timer = 0;
  frame = 0;
  written = 0;
  ends = new AbortController();

  /** @param {HTMLElement} root @param {any} app @param {string} id */
  constructor(root, app, id) {
    this.root = root;
    this.app = app;
    this.id = id;
    app.title(`Trace ${shortId(id)}`);
    this.sizes = new ResizeObserver(this.soon);
    this.sizes.observe(root);
    const { signal } = this.ends;
    addEventListener("scroll", this.soon, { capture: true, passive: true, signal });
    addEventListener("resize", this.soon, { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.load(), { signal });
    this.load();
  }

  unmount() {
    this.ends.abort();
    this.sizes.disconnect();
    clearTimeout(this.timer);
    clearTimeout(this.written);
    cancelAnimationFrame(this.frame);
  }

  get seen() {
    return this.zoomed ?? { from: 0, to: this.axis.length };
  }

  get shown() {
    return this.model.spans.get(this.selected);
  }

  /** @param {URLSearchParams} query */
  update(query) {
    this.tab = query.get("tab") === "logs" ? "logs" : "spans";
    this.byService = query.get("group") === "service";
    this.wanted = query.get("span") ?? "";
    if (!this.wanted) this.selected = "";
    this.find();
    this.arrange();
  }

  /** Selects the span that the address names. */
  find() {
    if (!this.wanted || this.shown?.id === this.wanted) return;
    const span = [...this.model.spans.values()].find((it) => it.id === this.wanted);
    if (span) this.select(span, true);
  }

  /** Reads the trace, and again later while it may change. */
  async load() {
    clearTimeout(this.timer);
    const { signal } = this.ends;
    try {
      const headers = this.etag ? { "If-None-Match": this.etag } : {};
      const response = await this.app.api.request("GET", `/api/traces/${encodeURIComponent(this.id)}`, { headers, signal });
      if (response.status !== 304) this.take(await this.app.api.read(response), response.headers.get("ETag"));
      this.error = null;
    } catch (error) {
      if (signal.aborted) return;
      this.error = error;
    }
    const later = this.error && !this.error.retryable && this.error.status !== 404 ? null : pace(this.complete, Date.now() - this.changed);
    clearTimeout(this.timer);
    if (later && !document.hidden) this.timer = window.setTimeout(() => this.load(), later);
    this.soon();
  }

  get complete() {
    return this.model.traces.length > 0 && this.model.traces.every((it) => it.complete);
  }

  /** What is seen stays where it is. @param {any} answer @param {string | null} etag */
  take(answer, etag) {
    const next = model(answer);
    if (!etag || etag !== this.etag) this.changed = Date.now();
    this.etag = etag ?? "";
    const shift = Number(this.model.base - next.base);
    const times = this.zoomed && [this.zoomed.from, this.zoomed.to].map((it) => timeAt(this.axis, it) + shift);
    const anchor = this.rows[Math.ceil(this.range[0] / this.height)]?.key;
    const before = this.rows.findIndex((it) => it.key === anchor);
    this.model = next;
    this.measure();
    if (times) this.zoomed = view(this.axis, place(this.axis, times[0]), place(this.axis, times[1]));
    this.find();
    this.arrange();
    const after = this.rows.findIndex((it) => it.key === anchor);
    if (this.range[0] > 0 && before >= 0 && after >= 0) scrollBy({ top: (after - before) * this.height, behavior: "instant" });
    this.draw();
  }

  measure() {
    this.axis = axis(this.model.end, this.cut ? this.model.waits : []);
  }

  /** Lists the rows anew. */
  arrange() {
    this.rows = rows(this.model, this);
    const at = this.rows.findIndex((it) => it.key === this.focused);
    this.focus = at < 0 ? Math.min(this.focus, Math.max(this.rows.length - 1, 0)) : at;
    this.focused = this.rows[this.focus]?.key ?? this.focused;
    this.soon();
  }

  soon = () => {
    this.frame ||= requestAnimationFrame(() => this.draw());
  };

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (this.ends.signal.aborted) return;
    const had = this.row === document.activeElement;
    this.height = NARROW.matches ? 42 : 28;
    this.deepest = NARROW.matches ? 5 : 16;
    const body = this.root.querySelector(".body");
    const top = body?.getBoundingClientRect().top ?? 0;
    this.range = [Math.max(0, -top), innerHeight - top];
    this.width = this.root.querySelector(".ruler")?.clientWidth || this.width;
    this.mapWidth = this.root.querySelector(".minimap")?.clientWidth || this.mapWidth;
    render(this.page(), this.root);
    if (had) this.row?.focus({ preventScroll: true });
    if (!body && this.root.querySelector(".body")) this.soon();
  }

  /** The row that has the focus, or had it last. @returns {HTMLElement | null} */
  get row() {
    return this.root.querySelector('.t-row[tabindex="0"]');
  }

  page() {
    const { traces, spans, services, end } = this.model;
    const story = this.id.includes("-");
    const back = html`<a class="back" href="/traces">${icon("back")}Traces</a>`;
    if (!traces.length && this.error) return html`<div class="trace-view">${back}${this.refusal()}</div>`;
    if (!traces.length) return html`<div class="trace-view">${back}${spinner("Reading the trace…")}</div>`;
    const root = traces[0].tops.find((it) => !it.missing) ?? traces[0].spans[0];
    const errors = [...spans.values()].filter((it) => it.error);
    const dropped = traces.reduce((sum, it) => sum + it.dropped, 0);
    const start = new Date(Number(this.model.base / 1_000_000n)).toISOString();
    const selected = this.shown;
    const tab = (/** @type {string} */ name, /** @type {unknown} */ text) =>
      html`<button type="button" class="small" role="tab" id="tab-${name}" aria-controls="panel" aria-selected=${this.tab === name} tabindex=${this.tab === name ? 0 : -1} @click=${() => this.turn(name)}>${text}</button>`;
    return html`<div class="trace-view">
      <header>
        ${back}
        <h1><bdi>${story ? `${this.topic} ${shortId(this.id)}` : root ? label(root) : "A trace without spans"}</bdi></h1>
        <p class="t-facts">
          <span class="id" title=${this.id}><code>${shortId(this.id)}</code>${copyButton(this.id, story ? "id" : "trace id")}</span>
          <time datetime=${start}>${exact(start)}</time>
          <strong>${took(end)}</strong>
          ${story ? html`<span>${count(traces.length, "trace")}</span>` : nothing}<span>${count(spans.size, "span")}</span>
          ${errors.length ? html`<button type="button" class="small errors" @click=${() => this.next(errors)}>✗ ${count(errors.length, "error")}</button>` : nothing}
          <span role="status">${this.complete ? nothing : html`<span class="arriving">Still arriving</span>`}</span>
        </p>
        <p class="legend">${[...services].map(([name, colour]) => html`<span><i class="swatch s${colour}"></i><bdi>${name}</bdi></span>`)}</p>
        ${dropped ? html`<p class="warned">${count(dropped, "more span")} arrived and were dropped: the trace is too large to be kept whole.</p>` : nothing}
        ${this.error ? html`<p class="warned" role="alert">This is not up to date: <bdi>${this.error.message}</bdi> <button type="button" class="small" @click=${() => this.load()}>Try again</button></p>` : nothing}
      </header>
      <div class="tools">
        <div role="tablist" aria-label="View" @keydown=${this.ontab}>${tab("spans", "Waterfall")}${tab("logs", `Log lines ${this.model.logs.length}`)}</div>
        ${this.tab === "spans" ? this.tools() : nothing}
      </div>
      <div class="split ${selected ? "two" : ""}">
        <div role="tabpanel" id="panel" aria-labelledby="tab-${this.tab}">${this.tab === "spans" ? waterfall(this) : logs(this)}</div>
        ${selected ? details(this, selected) : nothing}
      </div>
    </div>`;
  }

  tools() {
    const toggle = (/** @type {boolean} */ on, /** @type {string} */ text, /** @type {() => void} */ act) =>
      html`<button type="button" class="small" aria-pressed=${on} @click=${act}>${text}</button>`;
    return html`<div class="switches">
        ${toggle(this.byService, "By service", () => this.navigate({ group: this.byService ? "" : "service" }))}
        ${toggle(this.path, "Critical path", () => this.flip("path"))}
        ${this.model.waits.length ? toggle(this.cut, "Shorten waits", () => this.flip("cut")) : nothing}
      </div>
      <div class="zoom" role="group" aria-label="Zoom">
        <button type="button" class="small" aria-label="Zoom out" title="Zoom out (−)" @click=${() => this.zoom(1 / 2)}>−</button>
        <button type="button" class="small" aria-label="Zoom in" title="Zoom in (+)" @click=${() => this.zoom(2)}>+</button>
        <button type="button" class="small" title="Show all (0)" ?disabled=${!this.zoomed} @click=${() => this.show(null)}>Fit</button>
      </div>`;
  }

  /** What the story is about. */
  get topic() {
    const about = (/** @type {string} */ key) => [...this.model.spans.values()].some((it) => it.attributes.some((at) => at.key === key && at.value === this.id));
    return about("ccm.task.id") ? "Task" : "Worker";
  }

  refusal() {
    const { status, message } = this.error;
    if (status === 403) return empty("For admins only", "A trace shows what the API hides from other users.");
    if (status === 404) return empty("Not here", html`<bdi>${message}</bdi>`, html`<button type="button" class="small" @click=${() => this.load()}>Try again</button>`);
    return failure(this.error, () => this.load());
  }

  /** Changes the query of the address; the view follows. @param {Record<string, string>} changes */
  navigate(changes) {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) value ? query.set(name, value) : query.delete(name);
    this.app.navigate(`${location.pathname}${query.size ? `?${query}` : ""}`, { replace: true });
    this.update(query);
  }

  /** @param {string} tab */
  turn(tab) {
    this.navigate({ tab: tab === "logs" ? tab : "" });
  }

  /** @param {"path" | "cut"} what */
  flip(what) {
    const times = this.zoomed && [this.zoomed.from, this.zoomed.to].map((it) => timeAt(this.axis, it));
    this[what] = !this[what];
    this.measure();
    if (times) this.zoomed = view(this.axis, place(this.axis, times[0]), place(this.axis, times[1]));
    this.soon();
  }

  /** Shows the details of a span, and brings its row into view. The address follows. @param {Span} span @param {boolean} bring */
  select(span, bring) {
    this.selected = span.key;
    this.wanted = span.id;
    reveal(span, this.closed);
    this.focused = span.key;
    this.arrange();
    clearTimeout(this.written);
    this.written = window.setTimeout(() => this.navigate({ span: this.wanted }), 250);
    if (bring) this.bring();
  }

  close() {
    clearTimeout(this.written);
    this.selected = "";
    this.navigate({ span: "" });
    this.draw();
    this.row?.focus({ preventScroll: true });
  }

  /** Brings the row of the focus into view, once it is drawn. */
  bring() {
    this.draw();
    this.row?.scrollIntoView({ block: "nearest" });
  }

  /** @param {Span[]} errors */
  next(errors) {
    const at = errors.findIndex((it) => it.key === this.selected);
    this.select(errors[(at + 1) % errors.length], true);
  }

  /** @param {number} at */
  go(at) {
    this.focus = Math.min(Math.max(at, 0), this.rows.length - 1);
    const { key, span } = this.rows[this.focus];
    this.focused = key;
    if (span && this.selected) this.select(span, true);
    else this.bring();
    this.row?.focus({ preventScroll: true });
  }

  /** @param {boolean} [open] */
  fold(open) {
    const { key } = this.rows[this.focus];
    if (open ?? this.closed.has(key)) this.closed.delete(key);
    else this.closed.add(key);
    this.arrange();
  }

  /** @param {import("./scale.js").View | null} seen */
  show(seen) {
    this.zoomed = seen && seen.to - seen.from < this.axis.length * 0.999 ? seen : null;
    this.soon();
  }

  /** @param {number} factor @param {number} [centre] */
  zoom(factor, centre) {
    const span = this.rows[this.focus]?.span;
    const middle = span && place(this.axis, (span.start + span.end) / 2);
    const { from, to } = this.seen;
    this.show(zoom(this.axis, this.seen, factor, centre ?? (middle && middle > from && middle < to ? middle : undefined)));
  }

  /** @param {import("./tree.js").Row} row */
  zoomTo({ span, spans }) {
    const all = span ? [span] : spans;
    const from = place(this.axis, Math.min(...all.map((it) => it.start)));
    const to = place(this.axis, Math.max(...all.map((it) => it.end)));
    this.show(view(this.axis, from - (to - from) * 0.1, to + (to - from) * 0.1));
  }

  /** Keys of the rows. */
  onkey = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.rows.length) return;
    const row = this.rows[this.focus];
    const page = Math.max(1, Math.floor(innerHeight / this.height) - 6);
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowDown: () => this.go(this.focus + 1),
      ArrowUp: () => this.go(this.focus - 1),
      PageDown: () => this.go(this.focus + page),
      PageUp: () => this.go(this.focus - page),
      Home: () => this.go(0),
      End: () => this.go(this.rows.length - 1),
      ArrowRight: () => (event.shiftKey ? this.show(pan(this.axis, this.seen, 0.2)) : row.open === false ? this.fold(true) : row.open && this.go(this.focus + 1)),
      ArrowLeft: () => (event.shiftKey ? this.show(pan(this.axis, this.seen, -0.2)) : row.open ? this.fold(false) : row.up >= 0 && this.go(row.up)),
      Enter: () => this.enter(row),
      " ": () => this.enter(row),
      Escape: () => this.close(),
      z: () => this.zoomTo(row),
      ...this.zooms,
    };
    this.act(event, acts);
  };

  zooms = { "+": () => this.zoom(2), "=": () => this.zoom(2), "-": () => this.zoom(1 / 2), 0: () => this.show(null) };

  /** Keys of the overview. */
  onmapkey = (/** @type {KeyboardEvent} */ event) => {
    const move = (/** @type {number} */ share) => () => this.show(pan(this.axis, this.seen, share));
    this.act(event, { ArrowRight: move(0.2), ArrowLeft: move(-0.2), PageDown: move(1), PageUp: move(-1), Home: move(-1e9), End: move(1e9), ...this.zooms });
  };

  /** @param {KeyboardEvent} event @param {Record<string, () => void>} acts */
  act(event, acts) {
    if (!Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]();
  }

  /** The first time, it shows the details; then it goes there. @param {import("./tree.js").Row} row */
  enter({ span }) {
    if (!span) return this.fold();
    if (this.selected !== span.key) return this.select(span, true);
    /** @type {HTMLElement | null} */ (this.root.querySelector("#span-name"))?.focus();
  }

  /** A row gets the focus or is clicked. */
  onrow = (/** @type {Event} */ event) => {
    const { key } = /** @type {HTMLElement} */ (event.currentTarget).dataset;
    const at = this.rows.findIndex((it) => it.key === key);
    if (at < 0) return;
    this.focus = at;
    this.focused = this.rows[at].key;
    const { span } = this.rows[at];
    if (event.type === "click" && span) this.select(span, false);
    else this.soon();
  };

  onfold = (/** @type {Event} */ event) => {
    event.stopPropagation();
    const row = /** @type {HTMLElement} */ (event.currentTarget).closest(".t-row");
    this.focus = this.rows.findIndex((it) => it.key === /** @type {HTMLElement} */ (row).dataset.key);
    this.focused = this.rows[this.focus].key;
    this.fold();
  };

  onclose = () => this.close();

  onmore = () => {
    this.lines += LINES;
    this.soon();
  };

  onlevel = (/** @type {Event} */ event) => {
    this.level = /** @type {HTMLSelectElement} */ (event.target).value;
    this.soon();
  };

  ontab = (/** @type {KeyboardEvent} */ event) => {
    const turn = () => {
      this.turn(this.tab === "logs" ? "spans" : "logs");
      this.draw();
      document.getElementById(`tab-${this.tab}`)?.focus();
    };
    this.act(event, { ArrowRight: turn, ArrowLeft: turn });
  };

  /** Shows a row's time, or all. */
  onfit = (/** @type {Event} */ event) => {
    const { key } = /** @type {HTMLElement} */ (event.currentTarget).dataset;
    const row = this.rows.find((it) => it.key === key);
    if (row) this.zoomTo(row);
    else this.show(null);
  };

  onwheel = {
    passive: false,
    handleEvent: (/** @type {WheelEvent} */ event) => {
      const box = /** @type {Element} */ (this.root.querySelector(".ruler")).getBoundingClientRect();
      const { from, to } = this.seen;
      if (event.ctrlKey || event.metaKey) this.zoom(2 ** (-event.deltaY / 200), from + ((event.clientX - box.left) / box.width) * (to - from));
      else if (this.zoomed && Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.show(pan(this.axis, this.seen, event.deltaX / box.width));
      else return;
      event.preventDefault();
    },
  };

  /** Zooms to what is dragged over. */
  ondrag = (/** @type {PointerEvent} */ event) => {
    if (event.button) return;
    const area = /** @type {HTMLElement} */ (event.currentTarget);
    const whole = area.classList.contains("minimap");
    const { left, width } = area.getBoundingClientRect();
    const at = (/** @type {PointerEvent} */ it) => Math.min(Math.max(it.clientX - left, 0), width);
    const drag = { whole, from: at(event), to: at(event) };
    const done = new AbortController();
    area.setPointerCapture(event.pointerId);
    area.addEventListener("pointermove", (it) => {
      drag.to = at(it);
      this.drag = Math.abs(drag.to - drag.from) > DRAG ? drag : null;
      this.soon();
    }, { signal: done.signal });
    const end = (/** @type {PointerEvent} */ it) => {
      done.abort();
      const { from, to } = whole ? { from: 0, to: this.axis.length } : this.seen;
      const [a, b] = [drag.from, drag.to].sort((a, b) => a - b).map((x) => from + (x / width) * (to - from));
      if (this.drag && it.type === "pointerup") this.show(view(this.axis, a, b));
      this.drag = null;
      this.soon();
    };
    area.addEventListener("pointerup", end, { signal: done.signal });
    area.addEventListener("pointercancel", end, { signal: done.signal });
  };
}
