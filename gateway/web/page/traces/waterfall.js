// @ts-check
/** The templates of the waterfall: the overview, the ruler, the rows that are seen. */

import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { count } from "../format.js";
import { onDrag, onMapKey, onRowKey, onWheel } from "./gestures.js";
import { pixel, place, ruler, timeAt, took } from "./scale.js";
import { busy } from "./tree.js";

/** @import { Waterfall } from "./trace.js" */
/** @import { Part, Row, Span, Wait } from "./types.js" */

/** Rows above and below those that are seen. */
const SPARE = 6;
/** Beyond the edges, nothing is drawn, in pixels. */
const EDGE = 4;
/** Pixels of a letter of the small texts. */
const LETTER = 5.8;
const KINDS = /** @type {Record<string, string>} */ ({ client: "→ ", producer: "→ ", consumer: "⇢ " });

/** The name without the package of a gRPC method. @param {Span} span */
export function label({ name }) {
  return name.replace(/^(?:\w+\.)+(?=\w+\/\w)/, "");
}

/** @param {Waterfall} it */
export function waterfall(it) {
  const { ticks, waits } = ruler(it.axis, it.seen, it.width);
  const px = (/** @type {number} */ x) => `left: ${x.toFixed(1)}px`;
  return html`${minimap(it)}
    <div class="grid" role="treegrid" id="waterfall" aria-label="Spans" aria-describedby="keys" aria-rowcount=${it.rows.length + 1} @keydown=${(/** @type {KeyboardEvent} */ event) => onRowKey(it, event)}>
      <div class="head" role="row" aria-rowindex="1">
        <div role="columnheader">Span</div>
        <div role="columnheader" class="ruler" title="Drag to zoom" @pointerdown=${(/** @type {PointerEvent} */ event) => onDrag(it, event)}>
          <span class="hidden">Timeline</span>
          ${ticks.map(({ x, label }) => (label ? html`<span class="tick" aria-hidden="true" .style=${px(x)}>${label}</span>` : nothing))}
          ${waits.map(({ x, width, wait }) => html`<span class="waited" aria-hidden="true" title=${waitText(wait)} .style="${px(x)}; width: ${width.toFixed(1)}px">${waitLabel(wait, width)}</span>`)}
          ${it.drag && !it.drag.whole ? html`<span class="brush" .style="${px(it.drag.from)}; width: ${it.drag.to - it.drag.from}px"></span>` : nothing}
        </div>
        <div role="columnheader" class="took">Duration</div>
      </div>
      <div class="body" role="presentation" .style="height: ${it.rows.length * it.height}px" @wheel=${{ handleEvent: (/** @type {WheelEvent} */ event) => onWheel(it, event), passive: false }}>
        <div class="marks" aria-hidden="true">
          ${ticks.map(({ x }) => html`<i class="line" .style=${px(x)}></i>`)}
          ${waits.map(({ x, width }) => html`<i class="wait" .style="${px(x)}; width: ${width.toFixed(1)}px"></i>`)}
        </div>
        <div role="rowgroup">${repeat(shown(it), (at) => it.rows[at].key, (at) => rowOf(it, it.rows[at], at))}</div>
      </div>
    </div>
    <p class="hint" id="keys">↑ ↓ ← → move and fold · Enter details · + − 0 zoom · Z zoom to the row · Shift ← → move in time</p>`;
}

/** @param {Wait} wait */
function waitText({ from, to, reason }) {
  return `${took(to - from)} in which nothing ran${reason ? `: ${reason}` : ""}`;
}

/** @param {Wait} wait @param {number} width of its place, in pixels */
function waitLabel({ from, to }, width) {
  const text = took(to - from);
  return text.length * LETTER <= width ? text : "⋯";
}

/** The rows that are seen, and the one with the focus. @param {Waterfall} it */
function shown({ rows, range: [from, to], height, focus }) {
  const [first, last] = [Math.max(0, Math.floor(from / height) - SPARE), Math.min(rows.length - 1, Math.ceil(to / height) + SPARE)];
  const list = [];
  if (focus >= 0 && focus < first) list.push(focus);
  for (let at = first; at <= last; at++) list.push(at);
  if (focus > last && focus < rows.length) list.push(focus);
  return list;
}

/** @param {Waterfall} it */
function minimap(it) {
  const { axis, seen } = it;
  if (it.map.axis !== axis) it.map = { axis, shapes: overview(it) };
  const share = (/** @type {number} */ at) => (at / axis.length) * 100;
  const [from, to] = it.drag?.whole ? [it.drag.from, it.drag.to].map((x) => (x / it.mapWidth) * 100) : [share(seen.from), share(seen.to)];
  const words = `${took(timeAt(axis, seen.from))} to ${took(timeAt(axis, seen.to))}`;
  return html`<div class="minimap" role="scrollbar" aria-orientation="horizontal" aria-controls="waterfall" aria-label="Time shown" tabindex="0"
    aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(share((seen.from + seen.to) / 2))} aria-valuetext=${words}
    title="Drag to zoom; double-click shows all" @pointerdown=${(/** @type {PointerEvent} */ event) => onDrag(it, event)} @dblclick=${() => it.show(null)} @keydown=${(/** @type {KeyboardEvent} */ event) => onMapKey(it, event)}>
    <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">${it.map.shapes}</svg>
    <i class="shade" .style="left: 0; width: ${from}%"></i><i class="shade" .style="left: ${to}%; right: 0"></i>
  </div>`;
}

/** All spans, one below another, a path for each service. @param {Waterfall} it */
function overview({ model, axis }) {
  const all = model.traces.flatMap((trace) => trace.spans);
  const height = Math.max(2, Math.min(8, 100 / all.length));
  /** @type {Map<string, string>} */
  const paths = new Map();
  for (const [at, { service, start, end }] of all.entries()) {
    const x = (place(axis, start) / axis.length) * 1000;
    const width = Math.max(1.5, (place(axis, end) / axis.length) * 1000 - x);
    const y = (at / Math.max(all.length, 100 / height)) * (100 - height);
    paths.set(service, `${paths.get(service) ?? ""}M${x.toFixed(1)} ${y.toFixed(1)}h${width.toFixed(1)}v${height}h-${width.toFixed(1)}z`);
  }
  const waits = axis.pieces.filter((it) => it.wait).map(({ at, length }) => `M${(at / axis.length) * 1000} 0h${(length / axis.length) * 1000}v100h-${(length / axis.length) * 1000}z`);
  return svg`<path class="wait" d=${waits.join("")} />${[...paths].map(([service, d]) => svg`<path class="s${model.services.get(service)}" d=${d} />`)}`;
}

/** @param {Waterfall} it @param {Row} row @param {number} at */
function rowOf(it, row, at) {
  const { span } = row;
  const colour = it.model.services.get(span?.service ?? row.service ?? "");
  return html`<div class="t-row ${row.trace ? "t-trace" : row.note ? "wide" : span?.error ? "bad" : ""}" role="row" data-key=${row.key} tabindex=${at === it.focus ? 0 : -1}
    aria-level=${row.level} aria-posinset=${row.at} aria-setsize=${row.of} aria-rowindex=${at + 2} aria-expanded=${row.open ?? nothing}
    aria-selected=${span ? String(row.key === it.selected) : nothing} .style="transform: translateY(${at * it.height}px)"
    @click=${it.onClick} @dblclick=${it.onDouble} @focus=${it.onFocus}>
    <div role="gridcell" class="t-name" .style="--level: ${Math.min(row.level - 1, it.deepest)}">
      ${row.open === null ? html`<span class="fold"></span>` : html`<button type="button" class="fold" tabindex="-1" aria-label=${row.open ? "Collapse" : "Expand"} @click=${it.onFold}></button>`}
      ${colour ? html`<i class="swatch s${colour}"></i>` : nothing}${title(row, it)}
    </div>
    <div role="gridcell" class="t-bars">${bars(it, row, colour)}</div>
    <div role="gridcell" class="took">${span ? took(span.end - span.start) : row.trace ? took(row.trace.end - row.trace.start) : nothing}</div>
  </div>`;
}

/** @param {Row} row @param {Waterfall} it */
function title({ span, missing, trace, note, service, spans }, it) {
  if (note) return html`<bdi class="t-title none">↳ ${note}</bdi>`;
  if (missing) return html`<bdi class="t-title none" title=${missing}>Its parent span ${missing.slice(0, 8)}… has not arrived</bdi>`;
  if (service) return html`<bdi class="t-title">${service}</bdi><span class="service">${count(spans.length, "span")}</span>`;
  if (trace) {
    const number = it.model.traces.indexOf(trace) + 1;
    const what = trace.tops.find((it) => !it.missing) ?? trace.spans[0];
    return html`<bdi class="t-title">${number}. ${what ? label(what) : trace.id}</bdi>
      <span class="service">${trace.complete ? nothing : "still arriving, "}${count(spans.length, "span")}</span>`;
  }
  if (!span) return nothing;
  return html`<bdi class="t-title" title=${span.name}>${span.error ? html`<span class="mark">✗<span class="hidden">Failed: </span></span> ` : nothing}<span
        class="kind" aria-hidden="true">${KINDS[span.kind] ?? ""}</span>${label(span)}${span.code ? html` <span class="kind">${span.code}</span>` : nothing}${span.remote ? html` <em title="The caller's span ${span.parentId} is not of this manager">called by …</em>` : nothing}</bdi>
    <bdi class="service">${span.service}</bdi>`;
}

/** @param {Waterfall} it @param {Row} row @param {number | undefined} colour */
function bars(it, { span, spans }, colour) {
  const x = (/** @type {number} */ time) => Math.min(Math.max(pixel(it.axis, it.seen, it.width, time), -EDGE), it.width + EDGE);
  const rect = ([from, to] = [0, 0], y = 2, height = 11) => {
    const [left, right] = [x(from), x(to)];
    const wide = Math.max(right - left, left > -EDGE && right < it.width + EDGE ? 2 : 0);
    return wide ? `M${left.toFixed(1)} ${y}h${wide.toFixed(1)}v${height}h-${wide.toFixed(1)}z` : "";
  };
  const path = (/** @type {Part[]} */ parts, y = 2, height = 11) => parts.map((part) => rect(part, y, height)).join("");
  if (!span) return spans.length ? html`<svg aria-hidden="true"><path class="lane s${colour ?? 0}" d=${path(busy(spans))} /></svg>` : nothing;
  const critical = it.path ? span.critical : [];
  const end = x(span.end) + 8;
  const wait = `then ${span.wait}`;
  return html`<svg aria-hidden="true">
      <path class="t-bar s${colour}" d=${rect([span.start, span.end])} /><path class="s${colour}" d=${path(span.own)} />
      ${critical.length ? svg`<path class="critical" d=${path(critical, 14, 2)} />` : nothing}
      ${span.events.map(({ at }) => svg`<circle class="event" cx=${x(at)} cy="7.5" r="2.5" />`)}
      ${span.wait && end > 0 && end + LETTER * wait.length < it.width ? svg`<text x=${end} y="11.5">${wait}</text>` : nothing}
    </svg>
    <span class="hidden">${spoken(span, it)}</span>`;
}

/** What a bar shows, for screen readers. @param {Span} span @param {Waterfall} it */
function spoken({ start, end, self, critical, wait }, it) {
  const path = it.path ? critical.reduce((sum, [from, to]) => sum + to - from, 0) : 0;
  const parts = [`starts at ${took(start)}`, `takes ${took(end - start)}`, `${took(self)} of it itself`];
  if (path) parts.push(`${took(path)} on the critical path`);
  if (wait) parts.push(`then ${wait}`);
  return parts.join(", ");
}
