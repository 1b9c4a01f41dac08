// @ts-check
/** What happens, as it happens, with what happened just before the page was opened. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { BASE } from "./base.js";
import { happened } from "./changes.js";
import { drawing } from "./drawing.js";
import { clock, count, exact } from "./format.js";
import { actor, described } from "./history.js";
import { earlier } from "./earlier.js";
import { recycled } from "./recycled.js";
import { awaited, context, empty, failure, icon, spinner, status, traceLink, traceOf } from "./parts.js";
import { taskStatus } from "./statuses.js";

/** So many lines are in the document at most. */
const SHOWN = 100;

const KINDS = [
  ["", "Everything"],
  ["workers", "Workers"],
  ["tasks", "Tasks"],
  ["failures", "Failures"],
];

/** What was last shown of an event of the stream, or of a line out of a history. @type {WeakMap<any, {name: string, traceUrl: string | null, shown: any}>} */
const ROWS = new WeakMap();

/** A change, whether it came by the stream or out of a history. @param {any} event of the stream */
export function lineOf(event) {
  const [kind, id] = event.subject.split("/");
  const after = event.data.task ?? event.data.worker ?? null;
  return { id: event.id, kind, subject: id, type: event.type, time: event.time, after, before: event.data.before ?? null, actor: event.data.actor ?? "", on_behalf_of: event.data.on_behalf_of ?? null, trace_id: traceOf(event), event };
}

/** @param {any} it a line */
function isFailure({ after, before }) {
  return after?.status === "failed" || after?.outcome?.result === "failed" || (after?.run?.last_error && JSON.stringify(before?.run?.last_error) !== JSON.stringify(after.run.last_error));
}

/** @param {HTMLElement} root @param {any} app @param {any} route */
export function mount(root, app, route) {
  app.title("Timeline");
  let query = new URLSearchParams(route.query);
  /** What was shown when it was stopped, so that it can be read. @type {{events: any[], version: number} | null} */
  let held = null;
  let shown = SHOWN;
  const slots = recycled(root);
  const before = earlier(app, () => drawn?.soon());

  const set = (/** @type {string} */ name, /** @type {string} */ value) => {
    if (value) query.set(name, value);
    else query.delete(name);
    const text = query.toString();
    app.navigate(`/timeline${text ? `?${text}` : ""}`, { replace: true });
  };

  const draw = () => {
    const kind = query.get("show") ?? "";
    const terms = (query.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const events = held?.events ?? app.store.timeline;
    const lines = [];
    const wants = (/** @type {any} */ it) => {
      if (kind === "failures" ? !isFailure(it) : kind && it.kind !== kind) return false;
      if (!terms.length) return true;
      const text = `${nameOf(app, it)} ${it.type} ${it.actor} ${it.on_behalf_of ?? ""} ${it.subject} ${it.trace_id ?? ""}`.toLowerCase();
      return terms.every((/** @type {string} */ term) => text.includes(term));
    };
    let more = false;
    const known = new Set();
    for (let i = events.length - 1; i >= 0 && !more; i -= 1) {
      const line = lineOf(events[i]);
      known.add(line.id);
      if (!wants(line)) continue;
      if (lines.length === shown) more = true;
      else lines.push(line);
    }
    for (const line of before.lines) {
      if (more) break;
      if (known.has(line.id) || !wants(line)) continue;
      if (lines.length === shown) more = true;
      else lines.push(line);
    }
    const waiting = held ? app.store.versions.timeline - held.version : 0;
    render(
      html`<header class="title"><h1>Timeline</h1>
          <button type="button" aria-pressed=${held === null ? "false" : "true"} @click=${hold}>${held === null ? "Pause" : waiting > 0 ? `Go on (${waiting} new)` : "Go on"}</button>
        </header>
        <div class="filters" role="search" aria-label="Filter the timeline">
          <label class="search">${icon("search")}<span class="hidden">Search the timeline</span>
            <input type="search" placeholder="Search" .value=${live(query.get("q") ?? "")} @input=${(/** @type {any} */ it) => set("q", it.target.value)}></label>
          <div class="chips" role="group" aria-label="Show">
            ${KINDS.map(([value, name]) => html`<button type="button" class="chip" aria-pressed=${kind === value ? "true" : "false"} @click=${() => set("show", value)}>${name}</button>`)}
          </div>
        </div>
        ${lines.length
          ? html`<ol class="timeline">${repeat(slots(lines), (it) => it.slot, (it) => row(app, it.line))}</ol>`
          : events.length || before.lines.length
            ? empty("Nothing matches", `${before.since ? `Of what has happened since ${clock(before.since).slice(0, 8)}, nothing does; older changes are in the history of each task and worker. ` : ""}Changes that match will be shown as they happen.`, html`<button type="button" @click=${() => app.navigate("/timeline", { replace: true })}>Clear the filters</button>`)
            : !app.store.loaded
              ? awaited(app)
            : before.loading
              ? spinner()
              : empty("Nothing has happened yet", "Each change of a task or a worker is shown here as it happens.")}
        ${more ? html`<button type="button" class="more" @click=${() => { shown += SHOWN; draw(); }}>Show more</button>` : nothing}
        ${before.error ? failure(before.error) : nothing}
        ${!more && lines.length && before.since ? html`<p class="hint end">Complete since ${clock(before.since)}. Older changes are in the history of each task and worker.</p>` : nothing}`,
      root,
    );
  };

  const hold = () => {
    held = held === null ? { events: app.store.timeline.slice(), version: app.store.versions.timeline } : null;
    draw();
    if (held === null) app.announce(`The timeline goes on: ${count(app.store.timeline.length, "change")}`);
  };

  const drawn = drawing(app, draw);
  return {
    update(/** @type {any} */ next) {
      query = new URLSearchParams(next.query);
      draw();
    },
    unmount() {
      drawn.stop();
      before.stop();
      render(nothing, root);
    },
  };
}

/** @param {any} app @param {any} line */
function nameOf(app, { kind, subject, after }) {
  const known = after ?? app.store[kind].get(subject);
  return known?.name ?? known?.title ?? subject.slice(-8);
}

/** A change in one line. @param {any} app @param {any} line */
export function row(app, line) {
  const name = nameOf(app, line);
  const { traceUrl } = context;
  const source = line.event ?? line;
  const known = ROWS.get(source);
  if (known && known.name === name && known.traceUrl === traceUrl) return known.shown;
  const shown = written(line, name);
  ROWS.set(source, { name, traceUrl, shown });
  return shown;
}

/** @param {any} line @param {string} name */
function written(line, name) {
  const { id, kind, subject, type, time, after, before, trace_id: trace } = line;
  const changed = before && after && "status" in before && before.status !== after.status;
  return html`<li class=${kind} data-line=${id}>
    <time datetime=${time} title=${exact(time)}>${clock(time)}</time>
    <a class="subject" href="${BASE}/${kind}/${subject}">${icon(kind === "workers" ? "workers" : "tasks")}<bdi>${name}</bdi></a>
    <div class="what">
      <p>${changed ? nothing : html`<span>${happened(type)}</span>`} ${line.actor ? html`<span class="hint">by ${actor(line)}</span>` : nothing}</p>
      ${after && !before ? (kind === "tasks" ? taskStatus(after) : status(after.status)) : described(before, after)}
    </div>
    ${traceLink(trace, `${name}: ${happened(type)}`)}
  </li>`;
}
