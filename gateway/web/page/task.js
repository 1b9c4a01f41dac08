// @ts-check
/** One task: its run with every attempt, what can be done, and its history. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { cancel, editTask, remove, retry, setStatus } from "./actions.js";
import { BASE } from "./base.js";
import { drawing } from "./drawing.js";
import { words } from "./format.js";
import { History } from "./history.js";
import { empty, failure, idChip, spinner, status, time, traceLink } from "./parts.js";
import { isRetrying, priority, taskStatus, workerStatus } from "./statuses.js";

/** The states between which a person moves a task, and what moving it there is called. */
const HUMAN = [
  ["pending", "Back to pending"],
  ["in_progress", "Begin"],
  ["completed", "Complete"],
];
const PHASES = /** @type {Record<string, string>} */ ({
  queued: "waits until worker-service is asked",
  applying: "worker-service is being asked",
  applied: "worker-service was asked; the machine is on its way",
});

/** @param {HTMLElement} root @param {any} app @param {any} route */
export function mount(root, app, route) {
  const { id } = route.params;
  const path = `/api/tasks/${encodeURIComponent(id)}`;
  const reading = new AbortController();
  /** @type {any} */
  let last = null;
  /** @type {any} */
  let error = null;
  let busy = false;
  app.title("Task");

  // The stream knows every task; it is asked for where the stream has not got so far, and to tell why it is not there.
  const load = async () => {
    try {
      last ??= await app.api.get(path, { signal: reading.signal });
      error = null;
    } catch (it) {
      if (reading.signal.aborted) return;
      error = it;
    }
    drawn?.soon();
  };

  const draw = () => {
    const inStore = app.store.tasks.get(id);
    const task = inStore ?? last;
    if (!task) return render(error ? lost(error) : spinner(), root);
    last = task;
    app.title(task.title);
    history.follow(task.revision);
    render(page(task, !inStore && app.store.loaded), root);
  };

  const lost = (/** @type {any} */ it) =>
    it.status === 404 || it.status === 400
      ? html`<h1 class="hidden">Task</h1>${empty("No such task", "There is no task with this id, it was deleted, or it is not one that you may see.", html`<a class="button" href="${BASE}/tasks">All tasks</a>`)}`
      : failure(it, load);

  const page = (/** @type {any} */ task, /** @type {boolean} */ isGone) => html`
    <header class="title detail">
      <p class="crumbs"><a href="${BASE}/tasks">Tasks</a></p>
      <h1><bdi>${task.title}</bdi></h1>
      <p class="under">${isGone ? status("deleted", "Deleted, or no longer visible to you") : taskStatus(task)} ${priority(task.priority)} ${idChip(task.id, "task id")} ${app.me.traces === false ? nothing : html`<a class="quiet" href="${BASE}/traces/${task.id}">All its traces</a>`}</p>
      <div class="buttons">${isGone ? nothing : buttons(task)}</div>
    </header>
    <div class="columns">
      <div>
        ${task.run ? html`<section aria-labelledby="run"><h2 id="run">Run ${task.run.number}</h2>${run(task)}</section>` : nothing}
        ${task.description ? html`<section aria-labelledby="about"><h2 id="about">Description</h2><p class="text"><bdi>${task.description}</bdi></p></section>` : nothing}
        <section aria-labelledby="history"><h2 id="history">History</h2>${history.template()}</section>
      </div>
      <div><section aria-labelledby="facts"><h2 id="facts">Facts</h2>${facts(task)}</section></div>
    </div>`;

  /** Does one thing at a time: a second press must not meet the button that has taken the place of the first. @param {() => Promise<any>} work */
  const once = (work) => async () => {
    if (busy) return;
    busy = true;
    draw();
    await work();
    busy = false;
    drawn?.soon();
  };

  const buttons = (/** @type {any} */ task) => {
    const { status: is, kind } = task;
    const ended = ["completed", "failed", "cancelled"].includes(is);
    const isHuman = kind === "human";
    const canCancel = isHuman ? is !== "cancelled" : !ended && app.isAdmin && task.run?.phase === "queued";
    const canRetry = !isHuman && ["failed", "cancelled"].includes(is) && app.isAdmin;
    /** @type {[name: string, css: string, work: () => any][]} */
    const all = [
      ...HUMAN.filter(([to]) => isHuman && to !== is).map(([to, name]) => /** @type {any} */ ([name, to === "completed" ? "primary" : "", () => setStatus(app, task, to)])),
      ...(canRetry ? [/** @type {any} */ (["Retry", "primary", () => retry(app, task)])] : []),
      ...(canCancel ? [/** @type {any} */ (["Cancel", "", () => cancel(app, task)])] : []),
      ["Change", "", async () => editTask(app, task)],
      ...(isHuman || ended ? [/** @type {any} */ (["Delete", "danger-quiet", async () => remove(app, "tasks", task)])] : []),
    ];
    return repeat(
      all,
      ([name]) => name,
      ([name, css, work]) => html`<button type="button" class=${css} ?disabled=${busy} @click=${once(work)}>${name}</button>`,
    );
  };

  const run = (/** @type {any} */ task) => {
    const { attempt, max_attempts: max, phase, run_after: after, deadline, last_error: last, attempts, trace_id: trace } = task.run;
    const worker = app.store.workers.get(task.worker_id);
    return html`<div class="run">
      <p>${attempt === 0 ? "No attempt yet" : html`Attempt <strong>${attempt}</strong> of ${max}`}${phase ? html` · ${PHASES[phase] ?? words(phase)}` : nothing}</p>
      ${isRetrying(task) ? html`<p class="next">The next attempt is made ${time(after)}.</p>` : nothing}
      ${last ? html`<p class="bad"><strong>${last.code}</strong> <bdi>${last.message}</bdi></p>` : nothing}
      ${phase === "applied" && worker ? html`<p>The worker is ${workerStatus(worker)} <a href="${BASE}/workers/${worker.id}">Why?</a></p>` : nothing}
      ${phase ? html`<p class="hint">It fails if it has not ended ${time(deadline)}.</p>` : nothing}
      <p>${traceLink(trace, "the run")} <span class="hint">the whole run, from the click to the provider and back</span></p>
      ${attempts.length ? table(attempts) : nothing}
    </div>`;
  };

  const table = (/** @type {any[]} */ attempts) => html`<table class="small">
    <caption class="hidden">Calls of worker-service, newest first</caption>
    <thead><tr><th scope="col">Attempt</th><th scope="col">When</th><th scope="col">Result</th><th scope="col">Trace</th></tr></thead>
    <tbody>
      ${[...attempts].reverse().map(
        (it) => html`<tr>
          <td>${it.number} <span class="hint">run ${it.run}</span></td>
          <td>${time(it.started_at)}</td>
          <td>${status(it.code === "OK" ? "completed" : "failed", it.code === "OK" ? "Accepted" : it.code)}${it.message ? html`<br><bdi class="hint">${it.message}</bdi>` : nothing}</td>
          <td>${traceLink(it.trace_id, `attempt ${it.number}`)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;

  const facts = (/** @type {any} */ it) => html`<dl class="facts">
    <dt>Kind</dt><dd>${it.kind === "human" ? "For a person" : html`${words(it.action?.verb ?? "action")} a worker`}</dd>
    ${it.worker_id ? html`<dt>Worker</dt><dd><a href="${BASE}/workers/${it.worker_id}"><bdi>${app.store.workers.get(it.worker_id)?.name ?? it.worker_id}</bdi></a></dd>` : nothing}
    ${it.action?.reason ? html`<dt>Reason</dt><dd><bdi>${it.action.reason}</bdi></dd>` : nothing}
    <dt>Assignee</dt><dd><bdi>${it.assignee_id ?? "nobody"}</bdi></dd>
    <dt>Department</dt><dd><bdi>${it.department ?? "none"}</bdi></dd>
    <dt>Created</dt><dd>${time(it.created_at)} <span class="hint">by <bdi>${it.created_by}</bdi></span></dd>
    <dt>Changed</dt><dd>${time(it.updated_at)}</dd>
    <dt>Version</dt><dd>${it.version} <span class="hint">revision ${it.revision}</span></dd>
  </dl>`;

  const history = new History(app, `${path}/events`, () => drawn?.soon());
  /** @type {any} */
  let drawn = null;
  load();
  drawn = drawing(app, draw);
  return {
    update() {},
    unmount() {
      drawn.stop();
      history.stop();
      reading.abort();
      render(nothing, root);
    },
  };
}
