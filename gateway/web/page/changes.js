// @ts-check
/** What an event tells, in words. No DOM. */

import { words } from "./format.js";

/** @typedef {{field: string, before: string, after: string}} Change */

/** Members that change along with others and say nothing of their own. */
const SILENT = new Set(["status_since", "desired_at", "desired_by", "generation", "reconciling", "converged_at", "outcome", "utilization", "address", "run"]);
const NAMES = /** @type {Record<string, string>} */ ({
  assignee_id: "assignee",
  worker_id: "worker",
  desired_status: "desired",
  desired_reason: "reason",
  instance_id: "machine",
});

/**
 * The changed fields, the most telling first.
 * @param {any} before the changed members with their values before @param {any} after the whole
 * @returns {Change[]}
 */
export function changes(before, after) {
  if (!before || !after) return [];
  const fields = Object.keys(before).filter((it) => !SILENT.has(it) && !same(before[it], after[it]));
  fields.sort((a, b) => rank(a) - rank(b));
  const found = fields.map((it) => ({ field: NAMES[it] ?? words(it).toLowerCase(), before: value(before[it]), after: value(after[it]) }));
  return [...found, ...ofOutcome(before, after), ...ofRun(before.run, after.run)];
}

/** @param {string} field */
function rank(field) {
  const at = ["status", "desired_status", "title", "name"].indexOf(field);
  return at < 0 ? 9 : at;
}

/** @param {any} a @param {any} b */
function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** @param {any} before @param {any} after */
function ofOutcome(before, after) {
  if (!("outcome" in before) || !after.outcome || after.outcome.result === "converged") return [];
  const { result, reason } = after.outcome;
  return [{ field: "outcome", before: "", after: reason ? `${words(result)}: ${reason}` : words(result) }];
}

/** @param {any} before @param {any} after */
function ofRun(before, after) {
  if (!before || !after) return [];
  const found = [];
  if (before.number !== after.number) found.push({ field: "run", before: String(before.number), after: String(after.number) });
  if (after.attempt > 1 && before.attempt !== after.attempt) {
    found.push({ field: "attempt", before: String(before.attempt), after: `${after.attempt} of ${after.max_attempts}` });
  }
  if (before.phase !== after.phase && after.phase) found.push({ field: "phase", before: before.phase ?? "", after: after.phase });
  if (after.last_error && !same(before.last_error, after.last_error)) {
    found.push({ field: "error", before: "", after: after.last_error.message || after.last_error.code });
  }
  return found;
}

/** @param {any} it */
function value(it) {
  if (it === null || it === undefined || it === "") return "";
  if (typeof it === "object") {
    const members = Object.entries(it).map(([key, of]) => (of === "" ? key : `${key}=${of}`));
    return members.join(", ");
  }
  return String(it).replaceAll("_", " ");
}

/** What has happened, in one or two words. @param {string} type */
export function happened(type) {
  const what = type.split(".").slice(1).join(".");
  return { "status.updated": "status changed", updated: "changed", removed: "no longer visible" }[what] ?? what;
}
