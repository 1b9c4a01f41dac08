// @ts-check
/** How the states of tasks and workers are shown, in lists and alone. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { tone, words } from "./format.js";
import { status } from "./parts.js";

/** Which tasks the caller can see at all. @param {any} me */
export function whoSees({ roles, department }) {
  if (roles.includes("admin") || roles.includes("service")) return "Tasks are work for people, and actions on workers.";
  if (roles.includes("manager") && department) return `You see the tasks of the department ${department}, those assigned to you, and those that you created.`;
  return "You see the tasks that are assigned to you, and those that you created. There are none.";
}

/** The observed state, and the desired one where it is another. @param {any} worker */
export function workerStatus(worker) {
  const { status: is, desired_status: desired, outcome } = worker;
  const settled = is === desired || is === "terminated" || is === "failed" || outcome?.result === "failed";
  return html`${status(is)}${settled ? nothing : html`<span class="desired" title="Desired state">→ ${words(desired).toLowerCase()}</span>`}`;
}

/** The status; `retrying` while a failed call waits for its next attempt. @param {any} task */
export function stateOf(task) {
  return isRetrying(task) ? "retrying" : task.status;
}

/** @param {any} task */
export function isRetrying({ status: is, run }) {
  return is === "pending" && Boolean(run?.run_after) && run.attempt > 0;
}

/** @param {any} task */
export function taskStatus(task) {
  const { run } = task;
  const tries = run && run.attempt > 1 ? html`<span class="desired">${run.attempt} of ${run.max_attempts}</span>` : nothing;
  const state = stateOf(task);
  // A task that waits for a person is not under way.
  return html`${status(state, words(state), state === "pending" && !run ? "idle" : tone(state))}${tries}`;
}

/** @param {string} name */
export function priority(name) {
  return html`<span class="priority ${name}"><span class="bars" aria-hidden="true"></span>${words(name)}</span>`;
}

/** A share as a bar. @param {number | null | undefined} share 0 to 1 @param {string} what */
export function meter(share, what) {
  if (share === null || share === undefined) return html`<span class="none">–</span>`;
  const percent = Math.round(share * 100);
  return html`<span class="meter ${percent >= 90 ? "high" : ""}" title="${what}: ${percent} %"><span class="fill" .style=${`width: ${percent}%`}></span><span class="value">${percent} %</span></span>`;
}
