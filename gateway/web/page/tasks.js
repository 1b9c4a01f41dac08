// @ts-check
/** The tasks. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { editTask } from "./actions.js";
import { BASE } from "./base.js";
import { mountCollection } from "./collection.js";
import { tone, words } from "./format.js";
import { idChip, rowTrace, time } from "./parts.js";
import { priority, stateOf, taskStatus, whoSees } from "./statuses.js";

const ORDER = ["pending", "retrying", "in_progress", "completed", "failed", "cancelled"];
const PRIORITIES = ["low", "medium", "high"];

/** @param {HTMLElement} root @param {any} app @param {any} route */
export function mount(root, app, route) {
  const workerName = (/** @type {any} */ it) => app.store.workers.get(it.worker_id)?.name ?? "";
  const columns = [
    { key: "title", name: "Title", cell: (/** @type {any} */ it) => html`<bdi>${it.title}</bdi>`, sort: (/** @type {any} */ it) => it.title.toLowerCase(), css: "main", whole: (/** @type {any} */ it) => it.title },
    { key: "status", name: "Status", cell: taskStatus, sort: (/** @type {any} */ it) => ORDER.indexOf(stateOf(it)), css: "state brief" },
    { key: "priority", name: "Priority", cell: (/** @type {any} */ it) => priority(it.priority), sort: (/** @type {any} */ it) => PRIORITIES.indexOf(it.priority), descends: true, css: "wide level" },
    { key: "worker", name: "Worker", cell: (/** @type {any} */ it) => (it.worker_id ? html`<a href="${BASE}/workers/${it.worker_id}"><bdi>${workerName(it) || it.worker_id.slice(-8)}</bdi></a>` : nothing), sort: workerName, css: "wide clip name", whole: workerName },
    { key: "assignee", name: "Assignee", cell: (/** @type {any} */ it) => html`<bdi>${it.assignee_id ?? ""}</bdi>`, sort: (/** @type {any} */ it) => it.assignee_id ?? "", css: "wide clip", whole: (/** @type {any} */ it) => it.assignee_id ?? "" },
    { key: "updated", name: "Changed", cell: (/** @type {any} */ it) => time(it.updated_at), sort: (/** @type {any} */ it) => it.updated_at, descends: true, css: "when" },
    { key: "created", name: "Created", cell: (/** @type {any} */ it) => time(it.created_at), sort: (/** @type {any} */ it) => it.created_at, descends: true, css: "when wide" },
    { key: "id", name: "Id", cell: (/** @type {any} */ it) => idChip(it.id, "task id"), css: "wide" },
    { key: "trace", name: "Trace", cell: (/** @type {any} */ it) => rowTrace(app, it), css: "traced" },
  ];
  return mountCollection(root, app, route, {
    kind: "tasks",
    title: "Tasks",
    noun: "task",
    columns,
    sort: "-created",
    states: { name: "status", label: "Status", value: stateOf, tone: (it) => (it === "pending" ? "idle" : tone(it)) },
    order: ORDER,
    filters: [
      { name: "kind", label: "Kind", value: (it) => it.kind, text: (it) => (it === "human" ? "For people" : "Actions on workers") },
      { name: "priority", label: "Priority", value: (it) => it.priority, text: words },
      { name: "department", label: "Department", value: (it) => it.department },
    ],
    text: (it) => `${it.title} ${it.description} ${it.assignee_id ?? ""} ${it.created_by} ${it.department ?? ""} ${workerName(it)}`,
    createName: "New task",
    create: editTask,
    nothingYet: whoSees(app.me),
  });
}
