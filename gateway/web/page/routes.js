// @ts-check
/** The views of the page, by path. A view is loaded when it is first shown. */

import { BASE, withoutBase } from "./base.js";

/**
 * What a view is told of its address.
 * @typedef {object} Route
 * @property {string} name
 * @property {string} section The link of the navigation that it belongs to.
 * @property {string} path
 * @property {Record<string, string>} params
 * @property {URLSearchParams} query
 */

const ID = "(?<id>[^/]+)";

export const ROUTES = [
  { name: "overview", section: "/", pattern: /^\/$/, load: () => import("./overview.js") },
  { name: "workers", section: "/workers", pattern: /^\/workers\/?$/, load: () => import("./workers.js") },
  { name: "worker", section: "/workers", pattern: new RegExp(`^/workers/${ID}/?$`), load: () => import("./worker.js") },
  { name: "tasks", section: "/tasks", pattern: /^\/tasks\/?$/, load: () => import("./tasks.js") },
  { name: "task", section: "/tasks", pattern: new RegExp(`^/tasks/${ID}/?$`), load: () => import("./task.js") },
  { name: "timeline", section: "/timeline", pattern: /^\/timeline\/?$/, load: () => import("./timeline.js") },
  { name: "traces", section: "/traces", pattern: /^\/traces\/?$/, load: () => import("./traces/recent.js") },
  { name: "trace", section: "/traces", pattern: new RegExp(`^/traces/${ID}/?$`), load: () => import("./traces/trace.js") },
];

/**
 * The route of an address, and what loads its view.
 * @param {URL} url
 * @returns {{route: Route, load: () => Promise<any>}}
 */
export function resolve(url) {
  const path = withoutBase(url.pathname);
  for (const { name, section, pattern, load } of ROUTES) {
    const found = pattern.exec(path);
    if (!found) continue;
    const params = Object.fromEntries(Object.entries(found.groups ?? {}).map(([key, value]) => [key, decoded(value)]));
    return { route: { name, section, path, params, query: url.searchParams }, load };
  }
  return { ...resolve(new URL(`${BASE}/`, url)) };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
