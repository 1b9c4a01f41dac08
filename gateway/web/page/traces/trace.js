// @ts-check
/** The view of one trace, or of all traces about a task or a worker, at `/traces/{id}`. */

import "./styles.js";
import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { BASE, withoutBase } from "../base.js";
import { count, exact, relative, shortId } from "../format.js";
import { context, copyButton, empty, failure, icon, sentence, spinner } from "../parts.js";
import { LINES, details, logs } from "./details.js";
import { act } from "./gestures.js";
import { isElsewhere } from "./pace.js";
import { Reading } from "./reading.js";
import { axis, place, timeAt, took, view, zoom } from "./scale.js";
import { model, reveal, rows } from "./tree.js";
import { label, waterfall } from "./waterfall.js";

/** @import { Axis, Drag, Route, Row, Span, View } from "./types.js" */

const NARROW = matchMedia("(max-width: 720px)");

/** @param {HTMLElement} root what scrolls @param {any} app @param {Route} route */
export function mount(root, app, route) {
  let it = new Waterfall(root, app, route.params.id);
  const update = (/** @type {Route} */ { params, query }) => {
    if (params.id !== it.id) {
      it.unmount();
      it = new Waterfall(root, app, params.id);
    }
    it.update(query);
  };
  update(route);
  return { update, unmount: () => it.unmount() };
}

export class Waterfall {
  model = model({ traces: [] });
  axis = axis(0, []);
  /** What is seen of the axis; all of it if `null`. @type {View | null} */
  zoomed = null;
  /** @type {Row[]} */
  rows = [];
  /** Keys of the rows that are collapsed. @type {Set<string>} */
  closed = new Set();
  /** The row that has the focus, or had it last: its key and its place. */
  focused = "";
  focus = 0;
  /** The key of the span whose details are shown. */
  selected = "";
  /** Its id, which the address names, also before it has arrived. */
  wanted = "";
  tab = "spans";
  byService = false;
  path = true;
  cut = true;
  level = "trace";
  lines = LINES;
  width = 600;
  mapWidth = 600;
  /** The overview as it was drawn for an axis. @type {{axis: Axis | null, shapes: unknown}} */
  map = { axis: null, shapes: null };
  height = 28;
  /** The level from which on rows are not indented further. */
  deepest = 16;
  /** The pixels of the rows that are seen. */
  range = [0, 0];
  /** @type {Drag | null} */
  drag = null;
  frame = 0;
  written = 0;
  ends = new AbortController();
  /** The path of the view; when it is another, the view is about to be left. */
  address = withoutBase(location.pathname);

  /** @param {HTMLElement} root @param {any} app @param {string} id */
  constructor(root, app, id) {
    this.root = root;
    this.app = app;
    this.id = id;
    app.title(`Trace ${shortId(id)}`);
    this.sizes = new ResizeObserver(this.soon);
    this.sizes.observe(root);
    const { signal } = this.ends;
    root.addEventListener("scroll", this.soon, { passive: true, signal });
    this.reading = new Reading(app.api, id, this);
  }

  unmount() {
    this.ends.abort();
    this.reading.stop();
    this.sizes.disconnect();
    clearTimeout(this.written);
    cancelAnimationFrame(this.frame);
  }

  get seen() {
    return this.zoomed ?? { from: 0, to: this.axis.length };
  }

  get complete() {
    return this.model.traces.length > 0 && this.model.traces.every((it) => it.complete);
  }

  /** Follows an address, which is an old one while that of a later selection is to be written. @param {URLSearchParams} query */
  update(query) {
    this.tab = query.get("tab") === "logs" ? "logs" : "spans";
    this.byService = query.get("group") === "service";
    if (!this.written) this.wanted = query.get("span") ?? "";
    if (!this.wanted) this.selected = "";
    this.find();
    this.arrange();
  }

  /** Selects the span that the address names. */
  find() {
    const { spans } = this.model;
    const span = spans.get(this.selected)?.id !== this.wanted && [...spans.values()].find((it) => it.id === this.wanted);
    if (span) this.select(span);
  }

  /** What is seen stays where it is. @param {any} answer */
  take(answer) {
    const next = model(answer);
    const { traces, complete: was } = { ...this.model, complete: this.complete };
    const anchor = this.rows[Math.ceil(this.range[0] / this.height)]?.key;
    const place = () => this.rows.findIndex((it) => it.key === anchor);
    const before = place();
    const shift = Number(this.model.base - next.base);
    this.keepingZoom(() => (this.model = next), shift);
    if (traces.length && !was && this.complete) context.announce("The trace is complete");
    this.app.title(this.heading);
    this.find();
    this.arrange();
    this.draw();
    if (this.range[0] > 0 && before >= 0 && place() >= 0) this.root.scrollTop += (place() - before) * this.height;
  }

  /** Changes the axis; the same time is seen. @param {() => void} change @param {number} [shift] of the times */
  keepingZoom(change, shift = 0) {
    const times = this.zoomed && [this.zoomed.from, this.zoomed.to].map((it) => timeAt(this.axis, it) + shift);
    change();
    this.axis = axis(this.model.end, this.cut ? this.model.waits : []);
    if (times) this.zoomed = view(this.axis, place(this.axis, times[0]), place(this.axis, times[1]));
    this.soon();
  }

  /** Lists the rows anew. */
  arrange() {
    this.rows = rows(this.model, this);
    const at = this.rows.findIndex((it) => it.key === this.focused);
    this.put(at < 0 ? this.focus : at);
    this.soon();
  }

  /** Where the focus is. @param {number} at */
  put(at) {
    this.focus = Math.max(Math.min(at, this.rows.length - 1), 0);
    this.focused = this.rows[this.focus]?.key ?? this.focused;
  }

  soon = () => {
    this.frame ||= requestAnimationFrame(() => this.draw());
  };

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (this.ends.signal.aborted) return;
    const had = this.row === document.activeElement;
    const part = (/** @type {string} */ name) => this.root.querySelector(name);
    const body = part(".body");
    this.height = NARROW.matches ? 42 : 28;
    this.deepest = NARROW.matches ? 5 : 16;
    const top = Math.max(this.root.getBoundingClientRect().top, 0) - (body?.getBoundingClientRect().top ?? 0);
    this.range = [Math.max(top, 0), top + innerHeight];
    this.width = part(".ruler")?.clientWidth || this.width;
    this.mapWidth = part(".minimap")?.clientWidth || this.mapWidth;
    render(this.page(), this.root);
    if (had) this.row?.focus({ preventScroll: true });
    if (!body && part(".body")) this.soon();
  }

  /** The row that has the focus, or had it last. @returns {HTMLElement | null} */
  get row() {
    return this.root.querySelector('.t-row[tabindex="0"]');
  }

  get heading() {
    const all = [...this.model.spans.values()];
    if (this.id.includes("-") && !all.length) return `Traces of ${shortId(this.id)}`;
    if (this.id.includes("-")) return `${all.some((it) => it.attributes.some((at) => at.key === "ccm.task.id" && at.value === this.id)) ? "Task" : "Worker"} ${shortId(this.id)}`;
    const root = this.model.traces[0]?.tops.find((it) => !it.missing) ?? all[0];
    return root ? label(root) : `Trace ${shortId(this.id)}`;
  }

  page() {
    const { traces, spans, services, end, logs: lines, base, leftOut } = this.model;
    const story = this.id.includes("-");
    const back = html`<a class="back" href="${BASE}/traces">${icon("back")}Traces</a>`;
    if (!traces.length) return html`<div class="trace-view">${back}<h1>${this.heading}</h1>${this.reading.error ? this.refusal() : spinner("Reading the trace…")}</div>`;
    const all = [...spans.values()];
    const errors = all.filter((it) => it.error);
    const dropped = traces.reduce((sum, it) => sum + it.dropped, 0);
    const start = new Date(Number(base / 1_000_000n)).toISOString();
    const selected = spans.get(this.selected);
    const tab = (/** @type {string} */ name, /** @type {string} */ text) =>
      html`<button type="button" class="small" role="tab" id="tab-${name}" aria-controls="panel" aria-selected=${this.tab === name} tabindex=${this.tab === name ? 0 : -1}
        @click=${() => this.navigate({ tab: name === "logs" ? name : "" })}>${text}</button>`;
    return html`<div class="trace-view">
      ${back}
      <h1><bdi>${this.heading}</bdi></h1>
      <p class="t-facts">
        <span class="id" title=${this.id}><code>${shortId(this.id)}</code>${copyButton(this.id, story ? "id" : "trace id")}</span>
        ${spans.size ? html`<time datetime=${start}>${exact(start)}</time> <strong>${took(end)}</strong>` : nothing}
        <span>${story ? `${count(traces.length, "trace")}, ` : ""}${count(spans.size, "span")}</span>
        ${errors.length ? html`<button type="button" class="small errors" title="Show the next one" @click=${() => this.next(errors)}>✗ ${count(errors.length, "error")}</button>` : nothing}
        ${this.complete ? nothing : html`<span class="arriving">Still arriving</span>`}
      </p>
      <p class="legend">${[...services].map(([name, colour]) => html`<span><i class="swatch s${colour}"></i><bdi>${name}</bdi></span>`)}</p>
      ${this.before()}
      ${leftOut ? html`<p class="warned">${count(leftOut, "older trace")} ${leftOut === 1 ? "is" : "are"} not shown.</p>` : nothing}
      ${dropped ? html`<p class="warned">${count(dropped, "more span")} arrived and ${dropped === 1 ? "was" : "were"} dropped: the trace is too large to be kept whole.</p>` : nothing}
      ${this.reading.error ? html`<p class="warned" role="alert">This is not up to date: <bdi>${this.reading.error.message}</bdi> ${this.again()}</p>` : nothing}
      <div class="tools">
        <div role="tablist" aria-label="View" @keydown=${this.onTabKey}>${tab("spans", "Waterfall")}${tab("logs", `Log lines ${lines.length}`)}</div>
        ${this.tab === "spans" && spans.size ? this.tools() : nothing}
      </div>
      <div class="split ${selected ? "two" : ""}" @keydown=${this.onEscape}>
        <div role="tabpanel" id="panel" aria-labelledby="tab-${this.tab}">${this.tab === "logs" ? logs(this) : spans.size ? waterfall(this) : html`<p class="none">No span has arrived. Log lines: ${lines.length}.</p>`}</div>
        ${selected ? details(this, selected) : nothing}
      </div>
    </div>`;
  }

  /** The memory of `ccm up` is younger than the task or worker: what the page cannot show is said. */
  before() {
    const { since } = this.model;
    const created = (this.app.store?.tasks.get(this.id) ?? this.app.store?.workers.get(this.id))?.created_at;
    if (!since || !created || created >= since) return nothing;
    return html`<p class="warned">Traces from before <time datetime=${since} title=${exact(since)}>${relative(since)}</time> are gone: <code>ccm up</code> started then, and keeps traces in memory.</p>`;
  }

  tools() {
    const toggle = (/** @type {boolean} */ on, /** @type {string} */ text, /** @type {() => void} */ act) =>
      html`<button type="button" class="small" aria-pressed=${on} @click=${act}>${text}</button>`;
    const zoom = (/** @type {string} */ text, /** @type {string} */ title, /** @type {() => void} */ act) =>
      html`<button type="button" class="small" aria-label=${title} title=${title} @click=${act}>${text}</button>`;
    return html`<div>
        ${toggle(this.byService, "By service", () => this.navigate({ group: this.byService ? "" : "service" }))}
        ${toggle(this.path, "Critical path", () => this.keepingZoom(() => (this.path = !this.path)))}
        ${this.model.waits.length ? toggle(this.cut, "Shorten waits", () => this.keepingZoom(() => (this.cut = !this.cut))) : nothing}
      </div>
      <div class="zoom" role="group" aria-label="Zoom">
        ${zoom("−", "Zoom out (-)", () => this.zoom(1 / 2))}${zoom("+", "Zoom in (+)", () => this.zoom(2))}${zoom("Fit", "Fit all (0)", () => this.show(null))}
      </div>`;
  }

  refusal() {
    const { status, message } = this.reading.error;
    if (status === 403) return empty("For admins only", "A trace shows what the API hides from other users.");
    if (isElsewhere(this.reading.error)) return empty("Traces go elsewhere", html`<bdi>${message}</bdi>`);
    if (status === 404) return empty("This trace is not here", sentence(message), this.again());
    return failure(this.reading.error, this.reading.read);
  }

  again() {
    return html`<button type="button" class="small" @click=${this.reading.read}>Try again</button>`;
  }

  /** Changes the query of the address; the view follows. @param {Record<string, string>} [changes] */
  navigate(changes) {
    clearTimeout(this.written);
    this.written = 0;
    if (withoutBase(location.pathname) !== this.address) return;
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries({ span: this.wanted, ...changes })) value ? query.set(name, value) : query.delete(name);
    this.app.navigate(`${this.address}${query.size ? `?${query}` : ""}`, { replace: true });
    this.update(query);
  }

  /** Shows the details of a span, and brings its row into view. The address follows. @param {Span} span */
  select(span) {
    this.selected = this.focused = span.key;
    this.wanted = span.id;
    reveal(span, this.closed);
    this.arrange();
    clearTimeout(this.written);
    this.written = window.setTimeout(() => this.navigate(), 250);
    this.bring();
  }

  close = () => {
    this.navigate({ span: "" });
    this.draw();
    this.row?.focus({ preventScroll: true });
  };

  /** Brings the row of the focus into view, once it is drawn. */
  bring() {
    this.draw();
    this.row?.scrollIntoView({ block: "nearest" });
  }

  /** Selects the error behind the one that is selected. @param {Span[]} errors */
  next(errors) {
    this.select(errors[(errors.findIndex((it) => it.key === this.selected) + 1) % errors.length]);
  }

  /** Moves the focus, and the details with it. @param {number} at */
  go(at) {
    this.put(at);
    const { span } = this.rows[this.focus];
    if (span && this.selected) this.select(span);
    else this.bring();
    this.row?.focus({ preventScroll: true });
  }

  /** Collapses the row of the focus, or expands it. */
  fold() {
    if (!this.closed.delete(this.focused)) this.closed.add(this.focused);
    this.arrange();
  }

  /** The first time, it shows the details; then the focus goes there. @param {Row} row */
  enter({ span }) {
    if (!span) this.fold();
    else if (this.selected !== span.key) this.select(span);
    else document.getElementById("span-name")?.focus();
  }

  /** @param {View | null} seen */
  show(seen) {
    this.zoomed = seen && seen.to - seen.from < this.axis.length * 0.999 ? seen : null;
    this.soon();
  }

  /** Around the row of the focus, if nothing else is said. @param {number} factor @param {number} [centre] */
  zoom(factor, centre) {
    const span = this.rows[this.focus]?.span;
    const { from, to } = this.seen;
    if (span) centre ??= Math.min(Math.max(place(this.axis, (span.start + span.end) / 2), from), to);
    this.show(zoom(this.axis, this.seen, factor, centre));
  }

  /** Shows all of a row. @param {Row} row */
  zoomTo({ span, spans }) {
    const all = span ? [span] : spans;
    const from = place(this.axis, Math.min(...all.map((it) => it.start)));
    const to = place(this.axis, Math.max(...all.map((it) => it.end)));
    this.show(view(this.axis, from - (to - from) / 10, to + (to - from) / 10));
  }

  /** The row of an event gets the focus. @param {Event} event */
  rowOf({ currentTarget }) {
    const { key } = /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (currentTarget).closest(".t-row")).dataset;
    this.put(this.rows.findIndex((it) => it.key === key));
    this.soon();
    return this.rows[this.focus];
  }

  onFocus = (/** @type {Event} */ event) => {
    this.rowOf(event);
  };

  onClick = (/** @type {Event} */ event) => {
    const { span } = this.rowOf(event);
    if (span) this.select(span);
  };

  onDouble = (/** @type {Event} */ event) => this.zoomTo(this.rowOf(event));

  onFold = (/** @type {Event} */ event) => {
    event.stopPropagation();
    this.rowOf(event);
    this.fold();
  };

  onEscape = (/** @type {KeyboardEvent} */ event) => {
    if (this.selected) act(event, { Escape: this.close });
  };

  onTabKey = (/** @type {KeyboardEvent} */ event) => {
    const turn = () => {
      this.navigate({ tab: this.tab === "logs" ? "" : "logs" });
      this.draw();
      document.getElementById(`tab-${this.tab}`)?.focus();
    };
    act(event, { ArrowRight: turn, ArrowLeft: turn });
  };
}
