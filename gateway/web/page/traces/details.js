// @ts-check
/** What is known of a span, and log lines. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { BASE } from "../base.js";
import { clock, count, exact, number, shortId, words } from "../format.js";
import { context, copyButton, icon } from "../parts.js";
import { took } from "./scale.js";
import { keyOf } from "./tree.js";
import { label } from "./waterfall.js";

/** @import { Waterfall } from "./trace.js" */
/** @import { Attribute, Span } from "./types.js" */

const LEVELS = ["trace", "debug", "info", "warn", "error"];
/** Log lines that are shown at first, and more with each click. */
export const LINES = 500;
/** The attributes that name what has a page of its own. @type {Record<string, string>} */
const PAGES = { "ccm.task.id": "/tasks/", "ccm.worker.id": "/workers/" };

/** @param {Waterfall} it @param {Span} span */
export function details(it, span) {
  const parent = span.parent ?? it.model.spans.get(keyOf(span.traceId, span.parentId));
  const early = span.parent ? span.parent.start - span.start : 0;
  const iso = new Date(Number((it.model.base + BigInt(Math.round(span.start))) / 1_000_000n)).toISOString();
  const lines = it.model.logs.filter((line) => keyOf(line.trace_id, line.span_id) === span.key);
  return html`<aside class="details" aria-labelledby="span-name">
    <header>
      <h2 id="span-name" tabindex="-1"><i class="swatch s${it.model.services.get(span.service)}"></i><bdi>${label(span)}</bdi></h2>
      <button type="button" class="icon" aria-label="Close details" title="Close (Esc)" @click=${it.close}>${icon("close")}</button>
    </header>
    ${span.error ? html`<p class="failed"><strong>✗ Failed</strong> <bdi>${span.message}</bdi></p>` : span.message ? html`<p><bdi>${span.message}</bdi></p>` : nothing}
    ${span.missing ? html`<p class="warned">Its parent span ${span.parentId} has not arrived.</p>` : nothing}
    ${early > 0 ? html`<p class="warned">It starts ${took(early)} before its parent: the clocks of the two processes differ.</p>` : nothing}
    <dl>
      ${fact("Service", html`<bdi>${span.service}</bdi>${span.instance ? html` <small title="Instance ${span.instance}">${shortId(span.instance)}</small>` : nothing}`)}
      ${fact("Kind", words(span.kind))}
      ${fact("Start", html`${took(span.start)} <small><time datetime=${iso} title=${exact(iso)}>${clock(iso)}</time></small>`)}
      ${fact("Duration", took(span.end - span.start))}
      ${fact("Self time", html`${took(span.self)} <small>${span.end > span.start ? `${Math.round((span.self / (span.end - span.start)) * 100)} %` : nothing}</small>`)}
      ${parent ? fact("Parent", spanLink(it, parent.traceId, parent.id)) : nothing}
      ${span.remote ? fact("Called by", html`<code>${span.parentId}</code> <small>not of this manager</small>`) : nothing}
      ${fact("Span id", html`<code>${span.id}</code>${copyButton(span.id, "span id")}`)}
    </dl>
    ${span.attributes.length ? html`<h3>Attributes</h3>${attributes(span.attributes)}` : nothing}
    ${span.events.length ? html`<h3>Events</h3>${span.events.map((event) => html`<p class="event"><small>${took(event.at)}</small> <bdi>${event.name}</bdi></p>${attributes(event.attributes)}`)}` : nothing}
    ${span.links.length ? html`<h3>Links</h3>${span.links.map((link) => html`<p>${spanLink(it, link.trace_id, link.span_id)}</p>${attributes(link.attributes ?? [])}`)}` : nothing}
    ${lines.length ? html`<h3>Log lines</h3>${logLines(it, lines)}` : nothing}
  </aside>`;
}

/** @param {string} name @param {unknown} value */
function fact(name, value) {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** @param {Attribute[]} list */
function attributes(list) {
  return html`<dl class="attributes">${list.map(({ key, value }) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const page = PAGES[key];
    return html`<div><dt><bdi>${key.split(/(?<=\.)/).map((part) => html`${part}<wbr>`)}</bdi></dt><dd>${page ? html`<a href=${BASE + page + encodeURIComponent(text)}>${text}</a>` : html`<bdi>${text}</bdi>`}${copyButton(text, key)}</dd></div>`;
  })}</dl>`;
}

/** A link to a span, in this page if it is here. @param {Waterfall} it @param {string} traceId @param {string} spanId */
function spanLink(it, traceId, spanId) {
  const span = it.model.spans.get(keyOf(traceId, spanId));
  const here = (/** @type {Event} */ event) => {
    if (!span) return;
    event.preventDefault();
    it.select(span);
  };
  return html`<a href="${BASE}/traces/${traceId}?span=${spanId}" @click=${here}><bdi>${span ? label(span) : `Span ${spanId} of trace ${shortId(traceId)}`}</bdi></a>`;
}

/** @param {Waterfall} it @param {any[]} lines */
function logLines(it, lines) {
  return html`<ul class="t-lines">${lines.slice(0, it.lines).map((line) => {
    const span = it.model.spans.get(keyOf(line.trace_id, line.span_id));
    const fields = Object.entries(line.fields ?? {}).map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
    const text = html`<time datetime=${line.time} title=${exact(line.time)}>${clock(line.time)}</time> <b class="level ${String(line.level).toLowerCase()}">${line.level}</b>
      <bdi class="service">${line.service}</bdi> <bdi class="message">${line.message}</bdi> <bdi class="fields">${fields.join("  ")}</bdi>`;
    return html`<li>${span && span.key !== it.selected ? html`<button type="button" title="Show its span" @click=${() => it.select(span)}>${text}</button>` : html`<div>${text}</div>`}</li>`;
  })}</ul>
  ${lines.length > it.lines ? html`<button type="button" class="small" @click=${() => { it.lines += LINES; it.soon(); }}>Show more of ${number(lines.length)}</button>` : nothing}`;
}

/** The log lines of all traces. @param {Waterfall} it */
export function logs(it) {
  const { logs, logsDropped } = it.model;
  const from = (/** @type {string} */ level) => logs.filter((line) => LEVELS.indexOf(String(line.level).toLowerCase()) >= LEVELS.indexOf(level));
  const lines = from(it.level);
  const choose = (/** @type {any} */ event) => {
    it.level = event.target.value;
    it.soon();
    context.announce(`${number(from(it.level).length)} of ${count(logs.length, "log line")}`);
  };
  return html`<div class="logs">
    <label>Level <select @change=${choose}>${LEVELS.map((level) => html`<option value=${level} .selected=${level === it.level}>${words(level)}${level === "error" ? "" : " and above"}</option>`)}</select></label>
    <span>${number(lines.length)} of ${number(logs.length)}${logsDropped ? `; ${number(logsDropped)} more arrived and were dropped` : ""}</span>
    ${lines.length ? logLines(it, lines) : html`<p class="none">${logs.length ? "No line has this level." : "Nothing was logged in this trace."}</p>`}
  </div>`;
}
