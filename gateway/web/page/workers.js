// @ts-check
/** The fleet. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { act, createWorker, verbs } from "./actions.js";
import { mountCollection } from "./collection.js";
import { words } from "./format.js";
import { idChip, time, tracesOf } from "./parts.js";
import { meter, workerStatus } from "./statuses.js";

const ORDER = ["pending", "running", "stopping", "stopped", "shutting_down", "terminated", "failed", "unknown"];

/** @param {HTMLElement} root @param {any} app @param {any} route */
export function mount(root, app, route) {
  const columns = [
    { key: "name", name: "Name", cell: (/** @type {any} */ it) => html`<bdi>${it.name}</bdi>`, sort: (/** @type {any} */ it) => it.name.toLowerCase(), css: "main", whole: (/** @type {any} */ it) => it.name },
    { key: "status", name: "Status", cell: workerStatus, sort: (/** @type {any} */ it) => ORDER.indexOf(it.status), css: "state" },
    { key: "since", name: "Since", cell: (/** @type {any} */ it) => time(it.status_since), sort: (/** @type {any} */ it) => it.status_since, descends: true, css: "when" },
    { key: "region", name: "Region", cell: (/** @type {any} */ it) => it.region, sort: (/** @type {any} */ it) => it.region, css: "wide" },
    { key: "type", name: "Type", cell: (/** @type {any} */ it) => it.instance_type, sort: (/** @type {any} */ it) => it.instance_type, css: "wide" },
    { key: "cpu", name: "CPU", cell: (/** @type {any} */ it) => meter(it.utilization?.cpu, "CPU"), sort: (/** @type {any} */ it) => it.utilization?.cpu ?? -1, descends: true, css: "load wide" },
    { key: "memory", name: "Memory", cell: (/** @type {any} */ it) => meter(it.utilization?.memory, "Memory"), sort: (/** @type {any} */ it) => it.utilization?.memory ?? -1, descends: true, css: "load wide" },
    { key: "created", name: "Created", cell: (/** @type {any} */ it) => time(it.created_at), sort: (/** @type {any} */ it) => it.created_at, descends: true, css: "when wide" },
    { key: "id", name: "Id", cell: (/** @type {any} */ it) => idChip(it.id, "worker id"), css: "wide key" },
    ...(app.me.traces === false ? [] : [{ key: "traces", name: "Traces", hiddenName: true, cell: tracesOf, css: "icon" }]),
    { key: "actions", name: "Actions", hiddenName: true, cell: (/** @type {any} */ it) => (app.isAdmin ? buttons(app, it) : nothing), css: "actions" },
  ];
  return mountCollection(root, app, route, {
    kind: "workers",
    title: "Workers",
    noun: "worker",
    columns,
    sort: "-created",
    states: { name: "status", label: "Status", value: (it) => it.status },
    order: ORDER,
    filters: [
      { name: "region", label: "Region", value: (it) => it.region },
      { name: "type", label: "Type", value: (it) => it.instance_type },
      { name: "provider", label: "Provider", value: (it) => it.provider },
    ],
    text: (it) => `${it.name} ${it.instance_id ?? ""} ${it.address ?? ""} ${it.region} ${it.instance_type} ${Object.entries(it.tags).flat().join(" ")}`,
    createName: "New worker",
    create: app.isAdmin ? createWorker : null,
    nothingYet: app.isAdmin ? "A worker is a machine that runs labs. Create one, and watch it come up." : "Administrators create workers. You will see them here.",
  });
}

/** @param {any} app @param {any} worker */
function buttons(app, worker) {
  return verbs(worker).map(
    (verb) => html`<button type="button" class="small ${verb === "terminate" ? "danger-quiet" : ""}" aria-label="${words(verb)} ${worker.name}" @click=${() => act(app, app.store.workers.get(worker.id) ?? worker, verb)}>${words(verb)}</button>`,
  );
}
