// @ts-check
/** What a person can do to tasks and workers: the dialogs, and the requests. */

import { html } from "../vendor/lit-html/lit-html.js";
import { BASE } from "./base.js";
import { ask } from "./dialogs.js";
import { capitalized, words } from "./format.js";
import { traceHref } from "./parts.js";

/**
 * Gives each body an idempotency key, the same one for the same body: a request whose answer was lost can be sent again, and one that
 * was changed meanwhile is another.
 */
function keys() {
  let last = "";
  let key = "";
  return (/** @type {any} */ body) => {
    const text = JSON.stringify(body) ?? "";
    if (text !== last || !key) key = [...crypto.getRandomValues(new Uint8Array(16))].map((it) => it.toString(16).padStart(2, "0")).join("");
    last = text;
    return { headers: { "Idempotency-Key": key } };
  };
}

/** What can be asked for, as docs/lifecycle.md has it, without what is so already. @param {any} worker */
export function verbs(worker) {
  const { desired_status: desired, status } = worker;
  if (status === "terminated" || status === "shutting_down" || desired === "terminated") return [];
  const found = [];
  if (desired !== "running" || status === "failed") found.push("start");
  if (desired !== "stopped") found.push("stop");
  return [...found, "terminate"];
}

/** What a worker is once an action has reached its goal. @type {Record<string, string>} */
const DONE = { start: "running", stop: "stopped", terminate: "terminated" };

/** Asks for an action on a worker; `terminate` after its name was typed. @param {any} app @param {any} worker @param {string} verb */
export function act(app, worker, verb) {
  const path = `/api/workers/${worker.id}/${verb}`;
  const key = keys();
  const send = async (/** @type {any} */ body) => {
    const task = await app.api.send("POST", path, body, key(body));
    const text = task.status === "completed" ? `${worker.name} is ${DONE[verb]} already` : `${words(verb)} asked for: ${worker.name}`;
    app.toast(text, { kind: "busy", href: `${BASE}/tasks/${task.id}` });
  };
  /** @type {import("./aside.js").Again} */
  const again = ["act", worker, verb];
  if (verb !== "terminate") {
    return ask({
      again,
      title: `${words(verb)} ${worker.name}`,
      intro: verb === "stop" ? "The machine is shut down; it can be started again." : "The machine is started.",
      fields: [{ name: "reason", label: "Reason", maxlength: 500, hint: "Others see it in the history of the worker." }],
      submitName: words(verb),
      submit: ({ reason }) => send({ reason: reason.trim() || null }),
    });
  }
  ask({
    again,
    title: `Terminate ${worker.name}`,
    intro: html`The machine and its disks are deleted. <strong>This cannot be undone.</strong> To go on, type the name of the worker: <code class="name"><bdi>${worker.name}</bdi></code>`,
    fields: [
      { name: "confirm", label: "Name of the worker", required: true },
      { name: "reason", label: "Reason", maxlength: 500 },
    ],
    submitName: "Terminate",
    danger: true,
    check: ({ confirm }) => (confirm === worker.name ? null : "the name is another one"),
    submit: ({ confirm, reason }) => send({ confirm, reason: reason.trim() || null }),
  });
}

/** @param {any} app */
export function createWorker(app) {
  const key = keys();
  const known = (/** @type {string} */ member) => [...new Set([...app.store.workers.values()].map((it) => it[member]))].slice(0, 20);
  ask({
    again: ["createWorker"],
    title: "New worker",
    intro: "A machine is created and started.",
    fields: [
      { name: "name", label: "Name", required: true, maxlength: 100 },
      { name: "region", label: "Region", required: true, value: "us-east-1", suggestions: () => known("region") },
      { name: "instance_type", label: "Instance type", required: true, value: "m5.metal", suggestions: () => known("instance_type") },
      { name: "tags", label: "Tags", hint: "key=value, separated by commas" },
    ],
    submitName: "Create worker",
    submit: async ({ name, region, instance_type, tags }, isOpen) => {
      const body = { name, region, instance_type, tags: parseTags(tags) };
      const worker = await app.api.send("POST", "/api/workers", body, key(body));
      app.toast(`${worker.name} was created`, { kind: "busy", href: `${BASE}/workers/${worker.id}` });
      if (isOpen()) app.navigate(`/workers/${worker.id}`);
    },
  });
}

/** `a=b, c` as an object. @param {string} text */
function parseTags(text) {
  const pairs = text.split(",").filter((it) => it.trim());
  return Object.fromEntries(
    pairs.map((it) => {
      const [name, ...value] = it.split("=");
      return [name.trim(), value.join("=").trim()];
    }),
  );
}

/** @type {[string, string][]} */
const PRIORITIES = [
  ["low", "Low"],
  ["medium", "Medium"],
  ["high", "High"],
];

/** @param {any} app @param {any} [task] the task to change; without it, a new one */
export function editTask(app, task) {
  const key = keys();
  /** @type {import("./dialogs.js").Field[]} */
  const fields = [
    { name: "title", label: "Title", required: true, maxlength: 200, value: task?.title },
    { name: "description", label: "Description", type: "textarea", maxlength: 10_000, value: task?.description },
    { name: "priority", label: "Priority", type: "select", options: PRIORITIES, required: true, value: task?.priority ?? "medium" },
    { name: "assignee_id", label: "Assignee", value: task?.assignee_id ?? "", hint: "The subject of the person, as in their token." },
    { name: "department", label: "Department", value: task?.department ?? (task ? "" : (app.me.department ?? "")) },
  ];
  const bodyOf = (/** @type {Record<string, string>} */ it) => ({
    title: it.title,
    description: it.description,
    priority: it.priority,
    assignee_id: it.assignee_id.trim() || null,
    department: it.department.trim() || null,
  });
  if (!task) {
    return ask({
      again: ["editTask"],
      title: "New task",
      fields,
      submitName: "Create task",
      submit: async (values, isOpen) => {
        const body = bodyOf(values);
        const created = await app.api.send("POST", "/api/tasks", body, key(body));
        app.toast("The task was created", { kind: "ok", href: `${BASE}/tasks/${created.id}` });
        if (isOpen()) app.navigate(`/tasks/${created.id}`);
      },
    });
  }
  let latest = task;
  ask({
    again: ["editTask", task],
    title: "Change the task",
    fields,
    submitName: "Save",
    submit: async (values, isOpen) => {
      // Only what was changed: another person may be changing the rest, or be the only one who may.
      const patch = Object.fromEntries(Object.entries(bodyOf(values)).filter(([name, value]) => value !== (task[name] ?? null)));
      try {
        await app.api.send("PATCH", `/api/tasks/${task.id}`, patch, unchanged(latest));
      } catch (error) {
        if (/** @type {any} */ (error).status !== 412) throw error;
        latest = await app.api.get(`/api/tasks/${task.id}`);
        throw new Error("Somebody has changed the task meanwhile. Save again to add your changes to theirs.");
      }
      if (!isOpen()) app.toast("The task was changed", { kind: "ok", href: `${BASE}/tasks/${task.id}` });
    },
  });
}

/** Only if nobody has changed it since it was shown. @param {any} resource */
function unchanged({ version }) {
  return { headers: { "If-Match": `"${version}"` } };
}

/** @param {any} app @param {any} task @param {string} status */
export async function setStatus(app, task, status) {
  await attempt(app, () => app.api.send("PATCH", `/api/tasks/${task.id}`, { status }, unchanged(task)));
}

/** @param {any} app @param {any} task */
export async function cancel(app, task) {
  await attempt(app, () => app.api.send("POST", `/api/tasks/${task.id}/cancel`, undefined, unchanged(task)));
}

/** Begins a new run; a termination is confirmed again. @param {any} app @param {any} task */
export async function retry(app, task) {
  const key = keys();
  const send = (/** @type {any} */ body) => app.api.send("POST", `/api/tasks/${task.id}/retry`, body, key(body));
  if (task.action?.verb !== "terminate") return attempt(app, () => send(undefined));
  let worker = app.store.workers.get(task.worker_id);
  if (!worker) await attempt(app, async () => (worker = await app.api.get(`/api/workers/${task.worker_id}`)));
  if (!worker) return;
  ask({
    again: ["retry", task],
    title: "Retry the termination",
    intro: html`The machine and its disks are deleted. <strong>This cannot be undone.</strong> To go on, type the name of the worker: <code class="name"><bdi>${worker.name}</bdi></code>`,
    fields: [{ name: "confirm", label: "Name of the worker", required: true }],
    submitName: "Terminate",
    danger: true,
    check: ({ confirm }) => (confirm === worker.name ? null : "the name is another one"),
    submit: async ({ confirm }) => {
      await send({ confirm });
    },
  });
}

/** @param {any} app @param {"tasks" | "workers"} kind @param {any} resource */
export function remove(app, kind, resource) {
  const name = resource.name ?? resource.title;
  ask({
    again: ["remove", kind, resource],
    title: `Delete ${name}`,
    intro: kind === "tasks" ? "The task disappears from every list; its history stays for a while." : "The worker disappears from every list; its history stays for a while.",
    fields: [],
    submitName: "Delete",
    danger: true,
    submit: async (_, isOpen) => {
      await app.api.send("DELETE", `/api/${kind}/${resource.id}`);
      app.toast(`${name} was deleted`);
      if (isOpen()) app.navigate(`/${kind}`, { replace: true });
    },
  });
}

/** Has the state of the machine read soon. @param {any} app @param {any} worker */
export async function refresh(app, worker) {
  await attempt(app, async () => {
    await app.api.send("POST", `/api/workers/${worker.id}/refresh`);
    app.toast("The machine is looked at now");
  });
}

/** What asks for a dialog, by the name that stands in `again`. @type {Record<string, (app: any, ...args: any[]) => unknown>} */
export const ASKING = { act, createWorker, editTask, retry, remove };

/** Does something of which a failure is told in a message. @param {any} app @param {() => Promise<any>} what */
async function attempt(app, what) {
  try {
    await what();
  } catch (error) {
    const { message, traceId } = /** @type {any} */ (error);
    app.toast(capitalized(message), { kind: "bad", href: traceHref(traceId) });
  }
}
