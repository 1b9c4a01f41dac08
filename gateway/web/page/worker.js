// @ts-check
/** One worker: what it waits for, in words; its conditions, provider calls, actions and history. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { act, refresh, remove, verbs } from "./actions.js";
import { BASE } from "./base.js";
import { drawing } from "./drawing.js";
import { duration, words } from "./format.js";
import { History } from "./history.js";
import { copyButton, empty, failure, idChip, spinner, status, rowTrace, time, traceLink } from "./parts.js";
import { meter, taskStatus, workerStatus } from "./statuses.js";

/** While a worker is on its way, what it waits for is read again so often, in milliseconds. */
const EXPLAIN_EVERY = 2_000;
/** Else so often, because the sentences tell how long ago things were. */
const EXPLAIN_AGAIN = 20_000;

/** @param {HTMLElement} root @param {any} app @param {any} route */
export function mount(root, app, route) {
  const { id } = route.params;
  const path = `/api/workers/${encodeURIComponent(id)}`;
  const reading = new AbortController();
  /** @type {any} */
  let explanation = null;
  /** @type {any} */
  let error = null;
  let explained = 0;
  let revision = -1;
  let busy = false;
  /** The last state, so that a worker that was deleted meanwhile is still shown. @type {any} */
  let last = null;
  app.title("Worker");

  const explain = async () => {
    busy = true;
    explained = performance.now();
    revision = app.store.workers.get(id)?.revision ?? revision;
    try {
      explanation = await app.api.get(`${path}/explain`, { signal: reading.signal });
      revision = Math.max(revision, explanation.worker.revision);
      error = null;
    } catch (it) {
      if (reading.signal.aborted) return;
      error = it;
    }
    busy = false;
    drawn?.soon();
  };

  const draw = () => {
    const inStore = app.store.workers.get(id);
    const worker = inStore ?? last ?? explanation?.worker;
    if (worker) last = worker;
    const age = performance.now() - explained;
    const isOld = age > (worker?.reconciling ? EXPLAIN_EVERY : EXPLAIN_AGAIN);
    if (worker && !busy && (worker.revision > revision || (inStore && isOld))) explain();
    if (!worker) return render(error ? lost(error) : spinner(), root);
    app.title(worker.name);
    history.follow(worker.revision);
    render(page(worker, !inStore && app.store.loaded), root);
  };

  const lost = (/** @type {any} */ it) =>
    it.status === 404 || it.status === 400
      ? html`<h1 class="hidden">Worker</h1>${empty("No such worker", "There is no worker with this id, or it was deleted.", html`<a class="button" href="${BASE}/workers">All workers</a>`)}`
      : failure(it, explain);

  const page = (/** @type {any} */ worker, /** @type {boolean} */ isGone) => html`
    <header class="title detail">
      <p class="crumbs"><a href="${BASE}/workers">Workers</a></p>
      <h1><bdi>${worker.name}</bdi></h1>
      <p class="under">${isGone ? status("deleted") : workerStatus(worker)} <span class="hint">for ${since(worker.status_since)}</span> ${idChip(worker.id, "worker id")} ${app.me.traces === false ? nothing : html`<a class="quiet" href="${BASE}/traces/${worker.id}">All its traces</a>`}</p>
      <div class="buttons">${isGone ? nothing : buttons(worker)}</div>
    </header>
    <div class="columns">
      <div>
        <section aria-labelledby="why">
          <h2 id="why">What it waits for</h2>
          ${error ? failure(error, explain) : nothing}
          ${explanation ? why(worker) : error ? nothing : spinner()}
        </section>
        ${explanation ? html`<section aria-labelledby="calls"><h2 id="calls">Calls of the provider</h2>${calls()}</section>` : nothing}
        <section aria-labelledby="actions"><h2 id="actions">Actions</h2>${actions()}</section>
      </div>
      <div>
        <section aria-labelledby="facts"><h2 id="facts">Machine</h2>${facts(worker)}</section>
        <section aria-labelledby="history"><h2 id="history">History</h2>${history.template()}</section>
      </div>
    </div>`;

  const buttons = (/** @type {any} */ worker) => {
    const ended = worker.status === "terminated";
    const look = ended || !app.mayRefresh ? nothing : html`<button type="button" @click=${() => refresh(app, worker)}>Look again</button>`;
    if (!app.isAdmin) return html`${look}<p class="hint">Administrators can start, stop and terminate workers.</p>`;
    return html`${verbs(worker).map((verb) => html`<button type="button" class=${verb === "terminate" ? "danger" : ""} @click=${() => act(app, worker, verb)}>${words(verb)}</button>`)}
      ${look}
      ${ended ? html`<button type="button" class="danger" @click=${() => remove(app, "workers", worker)}>Delete</button>` : nothing}`;
  };

  const why = (/** @type {any} */ worker) => {
    const { sentences, conditions, next_retry: retry, next_turn: turn } = explanation;
    return html`<div class="explain">
      ${sentences.map((/** @type {string} */ it) => html`<p><bdi>${it}</bdi></p>`)}
      ${worker.outcome?.result === "failed" ? html`<p class="bad"><strong>${worker.outcome.reason}</strong> <bdi>${worker.outcome.message}</bdi></p>` : nothing}
      ${retry ? html`<p class="next">The failed call is made again ${time(retry)}.</p>` : turn ? html`<p class="next">It is looked at next ${time(turn)}.</p>` : nothing}
      <ul class="conditions">
        ${conditions.map(
          (/** @type {any} */ it) => html`<li class=${toneOf(it)}>
            <span class="dot" aria-hidden="true"></span><strong>${it.type}</strong> <span>${it.status}</span>
            <span class="reason">${it.reason}</span><span class="hint">${it.message} · since ${time(it.since)}</span>
          </li>`,
        )}
      </ul>
    </div>`;
  };

  const calls = () =>
    explanation.attempts.length === 0
      ? html`<p class="hint">None yet.</p>`
      : html`<table class="small">
          <caption class="hidden">The last calls of the provider, newest first</caption>
          <thead><tr><th scope="col">Call</th><th scope="col">When</th><th scope="col">Result</th><th scope="col">Trace</th></tr></thead>
          <tbody>
            ${explanation.attempts.map(
              (/** @type {any} */ it) => html`<tr>
                <td><code>${it.call}</code> <span class="hint">generation ${it.generation}</span></td>
                <td>${time(it.time)}</td>
                <td>${status(it.result === "ok" ? "completed" : "failed", it.result === "ok" ? "Accepted" : words(it.result))}${it.message ? html`<br><bdi class="hint">${it.message}</bdi>` : nothing}</td>
                <td>${traceLink(it.trace_id, `the call ${it.call}`)}</td>
              </tr>`,
            )}
          </tbody>
        </table>`;

  const actions = () => {
    const all = [...app.store.tasks.values()].filter((it) => it.worker_id === id).sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
    if (!all.length) return html`<p class="hint">${app.isAdmin ? "Nothing was asked for." : "None that you can see."}</p>`;
    return html`<table class="small">
      <caption class="hidden">Tasks of this worker, newest first</caption>
      <thead><tr><th scope="col">Task</th><th scope="col">Status</th><th scope="col">When</th><th scope="col">Trace</th></tr></thead>
      <tbody>
        ${all.slice(0, 20).map((it) => html`<tr><td><a href="${BASE}/tasks/${it.id}"><bdi>${it.title}</bdi></a></td><td>${taskStatus(it)}</td><td>${time(it.created_at)}</td><td>${rowTrace(app, it)}</td></tr>`)}
      </tbody>
    </table>`;
  };

  const facts = (/** @type {any} */ it) => html`<dl class="facts">
    <dt>Machine</dt><dd>${it.instance_id ? html`<code>${it.instance_id}</code>${copyButton(it.instance_id, "machine id")}` : "none yet"}</dd>
    <dt>Address</dt><dd>${it.address ? html`<code>${it.address}</code>${copyButton(it.address, "address")}` : "none"}</dd>
    <dt>Region</dt><dd>${it.region}</dd>
    <dt>Type</dt><dd>${it.instance_type}</dd>
    <dt>Provider</dt><dd>${it.provider}</dd>
    <dt>Desired</dt><dd>${words(it.desired_status)} <span class="hint">by <bdi>${it.desired_by}</bdi>, ${time(it.desired_at)}${it.desired_reason ? html` (<bdi>${it.desired_reason}</bdi>)` : nothing}</span></dd>
    <dt>Generation</dt><dd>${it.generation} <span class="hint">${it.outcome ? `${it.outcome.result}` : "not ended"}</span></dd>
    ${it.utilization
      ? html`<dt>CPU</dt><dd>${meter(it.utilization.cpu, "CPU")}</dd><dt>Memory</dt><dd>${meter(it.utilization.memory, "Memory")}</dd><dt>Storage</dt><dd>${meter(it.utilization.storage, "Storage")}</dd>`
      : nothing}
    ${Object.keys(it.tags).length ? html`<dt>Tags</dt><dd class="tags">${Object.entries(it.tags).map(([name, value]) => html`<span class="tag"><bdi>${name}</bdi>${value ? html`=<bdi>${value}</bdi>` : nothing}</span>`)}</dd>` : nothing}
    <dt>Created</dt><dd>${time(it.created_at)} <span class="hint">by <bdi>${it.created_by}</bdi></span></dd>
  </dl>`;

  const history = new History(app, `${path}/events`, () => drawn?.soon());
  /** @type {any} */
  let drawn = null;
  explain();
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

/** @param {string} iso */
function since(iso) {
  return duration(Math.max(1_000, Date.now() - Date.parse(iso)));
}

/** Whether a condition is as one wishes. @param {any} condition */
function toneOf({ type, status: is }) {
  if (is === "Unknown") return "warn";
  if (type === "Ready") return is === "True" ? "ok" : "idle";
  if (type === "Stalled") return is === "True" ? "bad" : "idle";
  return is === "True" ? "busy" : "idle";
}
