// @ts-check
/** The events of the stream, as far as the client tells one type from another. */

/** @typedef {import("./sse-client.d.ts").StreamEvent} StreamEvent */

/** The types that the gateway sends. An EventSource hears only the types that it is told. */
export const TYPES = [
  "connected", "heartbeat", "snapshot.completed", "stream.reset",
  "auth.session.expired", "system.sse.shutdown", "system.sse.rejected",
  "task.snapshot", "task.created", "task.updated", "task.status.updated", "task.deleted", "task.removed",
  "worker.snapshot", "worker.created", "worker.updated", "worker.status.updated", "worker.metrics.updated",
  "worker.terminated", "worker.deleted", "worker.restored", "worker.removed",
];

/**
 * Whether it is a change of a task or a worker. Every change has an id of its own.
 * @param {string} type
 */
export function isChange(type) {
  return /^(task|worker)\./.test(type) && !type.endsWith(".snapshot") && type !== "worker.metrics.updated";
}

/**
 * An event that this client makes itself: what the page knows is out of date, and a snapshot follows.
 * @param {string} reason
 * @param {number} now
 * @returns {StreamEvent}
 */
export function resetEvent(reason, now) {
  const time = new Date(now).toISOString();
  const data = { reason, scope: "all" };
  return { specversion: "1.0", id: `${reason}-${now}`, type: "stream.reset", source: "/ccm/sse-client", time, data };
}
