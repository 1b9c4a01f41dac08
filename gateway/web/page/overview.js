// @ts-check
/** What an operator looks at first: the fleet at a glance, what needs somebody, what is under way, what has just happened. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { BASE } from "./base.js";
import { drawing } from "./drawing.js";
import { earlier } from "./earlier.js";
import { count, duration, number, tone, words } from "./format.js";
import { awaited, empty, icon, rowTrace, spinner, time } from "./parts.js";
import { isRetrying, taskStatus, whoSees, workerStatus } from "./statuses.js";
import { lineOf, row } from "./timeline.js";

const ORDER = ["running", "pending", "stopping", "stopped", "shutting_down", "failed", "unknown", "terminated"];
const LATEST = 12;
/** So many lines a section shows at first, and so many more at a time. */
const [LINES, MORE_LINES] = [12, 50];
/** A worker that has not converged for so long is worth a look, in milliseconds. */
const SLOW = 120_000;

// Loaded when it is needed: the first view is to be there soon.
const loadActions = () => import("./actions.js");

/** @param {HTMLElement} root @param {any} app */
export function mount(root, app) {
  app.title("Overview");
  const before = earlier(app, () => drawn?.soon());
  /** @type {any} */
  let drawn = null;
  /** How many lines of a section are shown. @type {Record<string, number>} */
  const shown = { attention: LINES, underWay: LINES, mine: LINES };

  /** The lines of a section that are shown, and what shows more. @param {(() => any)[]} all @param {string} section */
  const lines = (all, section) => {
    const left = all.length - shown[section];
    const more = (/** @type {any} */ { currentTarget: button }) => {
      const place = button.closest("section");
      const from = shown[section];
      shown[section] += MORE_LINES;
      draw();
      // The focus does not go with the button.
      if (!button.isConnected) place.querySelectorAll(".lines li")[from]?.querySelector("a").focus();
    };
    return html`<ul class="lines">${all.slice(0, shown[section]).map((it) => it())}</ul>
      ${left > 0 ? html`<button type="button" class="small" @click=${more}>and ${number(left)} more</button>` : nothing}`;
  };

  const draw = () => {
    const { store } = app;
    if (!store.loaded && store.workers.size + store.tasks.size === 0) return render(awaited(app), root);
    const workers = [...store.workers.values()];
    const tasks = [...store.tasks.values()];
    render(
      html`<h1 class="hidden">Overview</h1>
        ${fleet(workers)}
        <div class="columns">
          <div>${attention(workers, tasks)} ${underWay(workers, tasks)}</div>
          <section aria-labelledby="latest"><h2 id="latest">Latest <a class="quiet" href="${BASE}/timeline">Timeline</a></h2>${latest()}</section>
        </div>`,
      root,
    );
  };

  const fleet = (/** @type {any[]} */ workers) => {
    if (!workers.length) {
      return html`<section class="fleet">${empty(
        "No workers yet",
        app.isAdmin ? "A worker is a machine that runs labs. Create one, and watch it come up." : "Administrators create workers. You will see them here.",
        app.isAdmin ? html`<button type="button" class="primary" @click=${async () => (await loadActions()).createWorker(app)}>${icon("plus")}New worker</button>` : null,
      )}</section>`;
    }
    const counts = new Map();
    for (const it of workers) counts.set(it.status, (counts.get(it.status) ?? 0) + 1);
    const shown = ORDER.filter((it) => counts.has(it));
    return html`<section class="fleet" aria-labelledby="fleet">
      <h2 id="fleet">Fleet <span class="count">${count(workers.length, "worker")}</span></h2>
      <div class="share" aria-hidden="true">${shown.map((it) => html`<span class=${tone(it)} .style=${`flex-grow: ${counts.get(it)}`}></span>`)}</div>
      <ul class="states">${shown.map((it) => html`<li><a class=${tone(it)} href="${BASE}/workers?status=${it}"><span class="dot" aria-hidden="true"></span><strong>${number(counts.get(it))}</strong> ${words(it)}</a></li>`)}</ul>
    </section>`;
  };

  const attention = (/** @type {any[]} */ workers, /** @type {any[]} */ tasks) => {
    const found = [
      ...workers.filter((it) => it.outcome?.result === "failed" || it.status === "failed").map((it) => () => workerLine(app, it, it.outcome?.reason ?? "failed")),
      ...workers.filter((it) => it.status === "unknown").map((it) => () => workerLine(app, it, "cannot be observed")),
      ...workers.filter((it) => it.reconciling && it.status !== "unknown" && Date.now() - Date.parse(it.desired_at) > SLOW).map((it) => () => workerLine(app, it, `not ${it.desired_status} after ${duration(Date.now() - Date.parse(it.desired_at))}`)),
      ...tasks.filter((it) => it.status === "failed").map((it) => () => taskLine(app, it, it.run?.last_error?.message ?? "failed")),
      ...tasks.filter(isRetrying).map((it) => () => taskLine(app, it, it.run.last_error?.message ?? "is retried")),
    ];
    return html`<section aria-labelledby="attention">
      <h2 id="attention">Needs attention ${found.length ? html`<span class="count">${number(found.length)}</span>` : nothing}</h2>
      ${found.length ? lines(found, "attention") : html`<p class="calm">Nothing. Every worker is as desired, or on its way.</p>`}
    </section>`;
  };

  const underWay = (/** @type {any[]} */ workers, /** @type {any[]} */ tasks) => {
    const acting = tasks.filter((it) => it.kind === "action" && (it.status === "in_progress" || it.status === "pending") && !isRetrying(it));
    const starting = workers.filter((it) => it.reconciling && !acting.some((task) => task.worker_id === it.id));
    const open = tasks.filter((it) => it.kind === "human" && it.status !== "completed" && it.status !== "cancelled");
    const mine = open.filter((it) => it.assignee_id === app.me.subject);
    return html`<section aria-labelledby="under-way">
        <h2 id="under-way">Under way ${acting.length + starting.length ? html`<span class="count">${number(acting.length + starting.length)}</span>` : nothing}</h2>
        ${acting.length + starting.length ? lines([...acting.map((it) => () => taskLine(app, it, "")), ...starting.map((it) => () => workerLine(app, it, ""))], "underWay") : html`<p class="calm">Nothing is being changed.</p>`}
      </section>
      <section aria-labelledby="mine">
        <h2 id="mine">Assigned to you ${mine.length ? html`<span class="count">${number(mine.length)}</span>` : nothing} <button type="button" class="small" @click=${async () => (await loadActions()).editTask(app)}>${icon("plus")}New task</button></h2>
        ${mine.length ? lines(mine.map((it) => () => taskLine(app, it, "")), "mine") : html`<p class="calm">${ofOthers(open)}</p>`}
      </section>`;
  };

  /** None of the open tasks is assigned to the caller. @param {any[]} open */
  const ofOthers = (open) => {
    if (!app.store.tasks.size) return whoSees(app.me);
    if (!open.length) return "No task is open.";
    const free = open.filter((it) => it.assignee_id === null).length;
    const whose = free === 0 ? "others" : free === open.length ? "nobody" : "others or to nobody";
    return html`No task is assigned to you. <a href="${BASE}/tasks?kind=human">${count(open.length, "open task")}</a> ${open.length === 1 ? "is" : "are"} assigned to ${whose}.`;
  };

  const latest = () => {
    const now = app.store.timeline.slice(-LATEST).reverse().map(lineOf);
    const known = new Set(now.map((/** @type {any} */ it) => it.id));
    /** @type {any[]} */
    const all = [...now, ...before.lines.filter((it) => !known.has(it.id))].slice(0, LATEST);
    if (!all.length) return before.loading ? spinner() : html`<p class="calm">Nothing has happened yet.</p>`;
    return html`<ol class="timeline compact">${repeat(all, (it) => it.id, (it) => row(app, it))}</ol>`;
  };

  drawn = drawing(app, draw);
  return {
    update() {},
    unmount() {
      drawn.stop();
      before.stop();
      render(nothing, root);
    },
  };
}

/** @param {any} app @param {any} it @param {string} why */
function workerLine(app, it, why) {
  return html`<li>${icon("workers")}<a href="${BASE}/workers/${it.id}"><bdi>${it.name}</bdi></a><span class="state">${workerStatus(it)}</span><bdi class="why">${why}</bdi><span class="tail">${time(it.status_since)}${rowTrace(app, it)}</span></li>`;
}

/** @param {any} app @param {any} it @param {string} why */
function taskLine(app, it, why) {
  return html`<li>${icon("tasks")}<a href="${BASE}/tasks/${it.id}"><bdi>${it.title}</bdi></a><span class="state">${taskStatus(it)}</span><bdi class="why">${why}</bdi><span class="tail">${time(it.updated_at)}${rowTrace(app, it)}</span></li>`;
}
