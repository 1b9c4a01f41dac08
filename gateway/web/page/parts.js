// @ts-check
/** Templates that several views use. */

import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { BASE } from "./base.js";
import { capitalized, clock, exact, relative, shortId, tone, words } from "./format.js";

/** What the parts need to know of the page; main.js sets it. */
export const context = {
  /** The address of a trace, with `{trace_id}`; `null` if none is configured. @type {string | null} */
  traceUrl: null,
  /** Tells screen readers. @type {(text: string) => void} */
  announce: () => {},
  /** Shows a message. @type {(text: string, options?: {kind?: string, href?: string}) => void} */
  toast: () => {},
};

/** A time, relative, with the exact one as its title. @param {string | null} iso @param {number} [now] */
export function time(iso, now) {
  return iso ? html`<time datetime=${iso} title=${exact(iso)}>${relative(iso, now)}</time>` : html`<span class="none">–</span>`;
}

/** The detail of a problem as a sentence: what stands between backticks is code, and times are those of this machine. @param {string} text */
export function sentence(text) {
  const whole = capitalized(text) + (/[.!?]$/.test(text) ? "" : ".");
  return html`<bdi>${whole.split(/(`[^`]*`|\d{4}-\d\d-\d\dT[\d:.]+Z)/).map((part, at) => (at % 2 ? (part.startsWith("`") ? html`<code>${part.slice(1, -1)}</code>` : moment(part)) : part))}</bdi>`;
}

/** The time of day and how long ago it is. @param {string} iso */
function moment(iso) {
  return html`<time datetime=${iso} title=${exact(iso)}>${clock(iso).slice(0, 8)} (${relative(iso)})</time>`;
}

/** A status: a dot with a form of its own and the word. @param {string} name @param {string} [text] @param {string} [kind] the tone */
export function status(name, text = words(name), kind = tone(name)) {
  return html`<span class="status ${kind}"><span class="dot" aria-hidden="true"></span>${text}</span>`;
}

/** The end of an id, with a button that copies the whole. @param {string} id @param {string} what */
export function idChip(id, what = "id") {
  return html`<span class="id" title=${id}><code>${shortId(id)}</code>${copyButton(id, what)}</span>`;
}

/** @param {string} text @param {string} what */
export function copyButton(text, what) {
  return html`<button type="button" class="icon" aria-label="Copy ${what}" title="Copy ${what}" @click=${copied(text, what)}>${icon("copy")}</button>`;
}

/** @param {string} text @param {string} what */
function copied(text, what) {
  return async (/** @type {MouseEvent} */ event) => {
    event.preventDefault();
    event.stopPropagation();
    const button = /** @type {HTMLElement} */ (event.currentTarget);
    await copy(text);
    context.announce(`${words(what)} copied`);
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 1_200);
  };
}

/** Without HTTPS, a page that is not on this machine has no clipboard. @param {string} text */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** A link to a trace, or its id where no address is configured. @param {string | null | undefined} traceId @param {string} [what] of what the trace is */
export function traceLink(traceId, what = "") {
  if (!traceId) return html`<span class="none" title="Not traced">–</span>`;
  const label = `Trace ${shortId(traceId)}${what ? ` of ${what}` : ""}`;
  if (!context.traceUrl) return html`<span class="id" title="Trace ${traceId}"><code>${shortId(traceId)}</code>${copyButton(traceId, "trace id")}</span>`;
  return html`<a class="trace" href=${traceHref(traceId) ?? nothing} aria-label=${label} title="Trace ${traceId}">${icon("trace")}<code>${shortId(traceId)}</code></a>`;
}

/** The trace of a change; one without a link was not sampled, so that there is nothing to see. @param {{trace_id?: string, trace_url?: string}} event */
export function traceOf({ trace_id: id, trace_url: url }) {
  return id && (url !== undefined || !context.traceUrl) ? id : null;
}

/** A link to all traces of a task or worker. @param {any} resource @param {unknown} [text] */
export function tracesOf({ id, name, title }, text = nothing) {
  return html`<a class="trace" href="${BASE}/traces/${id}" aria-label="All traces of ${name ?? title}" title="All traces">${icon("trace")}${text}</a>`;
}

/**
 * A link to the trace of the run of a task, or of the last change of a task or worker. Where neither is known, all its traces are a
 * link, if the page can show them.
 * @param {any} app @param {any} resource
 */
export function rowTrace(app, resource) {
  const trace = resource.run?.trace_id ?? traceOf(app.store.lastChange(resource) ?? {});
  if (trace) return traceLink(trace, resource.name ?? resource.title);
  if (app.me.traces !== false) return tracesOf(resource, html`<code>all</code>`);
  return html`<span class="none" title="The history has the trace of each change">–</span>`;
}

/** Where a trace is shown: a path, if the page itself shows it. @param {string | null} traceId */
export function traceHref(traceId) {
  if (!traceId || !context.traceUrl) return undefined;
  const href = context.traceUrl.replace("{trace_id}", traceId);
  const url = new URL(href, location.href);
  return url.origin === location.origin ? url.pathname + url.search : href;
}

/** There is nothing to show. @param {string} title @param {unknown} [text] @param {unknown} [action] */
export function empty(title, text, action) {
  return html`<div class="empty"><h2>${title}</h2>${text ? html`<p>${text}</p>` : nothing}${action ?? nothing}</div>`;
}

/**
 * A read failed.
 * @param {any} error an ApiError @param {() => void} [retry]
 */
export function failure(error, retry) {
  return html`<div class="failure" role="alert">
    <p><strong>This could not be loaded.</strong> <bdi>${error.message}</bdi></p>
    ${error.traceId ? html`<p>${traceLink(error.traceId, "this failure")}</p>` : nothing}
    ${retry ? html`<button type="button" @click=${retry}>Try again</button>` : nothing}
  </div>`;
}

export function spinner(text = "Loading…") {
  return html`<p class="loading">${text}</p>`;
}

/** The stream has not told yet what there is: it is on its way, or it cannot be had. @param {any} app */
export function awaited(app) {
  const { state, detail } = app.store;
  if (state !== "Reconnecting" && state !== "Offline") return spinner();
  const reasons = /** @type {Record<string, string>} */ ({
    offline: "This device has no network.",
    too_many_streams_of_caller: "You have too many event streams open: close other tabs or programs.",
    too_many_streams: "The gateway has as many event streams as it can take.",
  });
  return failure({ message: reasons[detail.reason] ?? "The gateway cannot be reached. The page keeps trying." }, () => app.reconnect());
}

/** @type {Record<string, ReturnType<typeof svg>>} */
const ICONS = {
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"/>`,
  trace: svg`<path d="M2 3.5h7M4.5 8h7M8 12.5h6"/>`,
  overview: svg`<rect x="2" y="2" width="5" height="5" rx="1"/><rect x="9" y="2" width="5" height="5" rx="1"/><rect x="2" y="9" width="5" height="5" rx="1"/><rect x="9" y="9" width="5" height="5" rx="1"/>`,
  workers: svg`<rect x="2" y="2.5" width="12" height="4.5" rx="1"/><rect x="2" y="9" width="12" height="4.5" rx="1"/><path d="M4.5 4.75h.01M4.5 11.25h.01"/>`,
  tasks: svg`<path d="M2.5 4l1.2 1.2L6 3M8.5 4h5M2.5 9l1.2 1.2L6 8M8.5 9h5M8.5 13h5"/>`,
  timeline: svg`<path d="M2 8h3l2-5 2.5 10 2-5H14"/>`,
  api: svg`<path d="M5.5 4L2 8l3.5 4M10.5 4L14 8l-3.5 4"/>`,
  plus: svg`<path d="M8 3v10M3 8h10"/>`,
  search: svg`<circle cx="7" cy="7" r="4.5"/><path d="M10.5 10.5L14 14"/>`,
  person: svg`<circle cx="8" cy="5.5" r="2.8"/><path d="M2.8 14c.6-3 2.6-4.5 5.2-4.5s4.6 1.5 5.2 4.5"/>`,
  close: svg`<path d="M4 4l8 8M12 4l-8 8"/>`,
  back: svg`<path d="M10 3L5 8l5 5"/>`,
};

/** @param {string} name */
export function icon(name) {
  return html`<svg class="glyph" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${ICONS[name]}</svg>`;
}
