// @ts-check
/** Requests to the gateway. The session cookie authenticates them. */

import { BASE } from "./base.js";

/** A refusal of the gateway, or that there was no answer (`status` 0). */
export class ApiError extends Error {
  /** @param {number} status @param {any} problem problem+json (RFC 9457), or what is known instead of it */
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `the gateway answered ${status}`);
    this.status = status;
    /** @type {string} */
    this.type = problem.type ?? "";
    /** @type {{field?: string, description?: string}[]} */
    this.violations = problem.violations ?? [];
    /** @type {boolean} */
    this.retryable = problem.retryable ?? status === 0;
    /** @type {string | null} */
    this.traceId = problem.trace_id ?? null;
  }
}

/** Called when an answer says that there is no session. @type {(error: ApiError) => void} */
let signedOut = () => {};

/** @param {typeof signedOut} callback */
export function onSignedOut(callback) {
  signedOut = callback;
}

/** Called when a read or a change has failed, not when it was refused. @type {() => void} */
let failed = () => {};

/** @param {typeof failed} callback */
export function onFailed(callback) {
  failed = callback;
}

/**
 * Sends a request and returns the response, whatever its status.
 * @param {string} method @param {string} path
 * @param {{body?: any, headers?: Record<string, string>, signal?: AbortSignal, keepalive?: boolean}} [options]
 */
export async function request(method, path, { body, headers, signal, keepalive } = {}) {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  try {
    return await fetch(BASE + path, {
      method,
      signal,
      keepalive,
      credentials: "same-origin",
      headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": type }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    failed();
    throw new ApiError(0, { detail: "The gateway cannot be reached." });
  }
}

/**
 * The JSON of an answer; `null` if it has no body.
 * @param {Response} response
 * @throws {ApiError}
 */
export async function parse(response) {
  const text = await response.text().catch(() => {
    throw new ApiError(0, { detail: "The connection to the gateway broke." });
  });
  let json = null;
  try {
    json = text === "" ? null : JSON.parse(text);
  } catch {
    throw new ApiError(response.status, { detail: `What answered is not the gateway (status ${response.status}).` });
  }
  if (response.ok) return json;
  throw new ApiError(response.status, json ?? {});
}

/** As `parse`, and tells the page of a session that has ended, and of a failure. @param {Response} response @throws {ApiError} */
export async function read(response) {
  try {
    return await parse(response);
  } catch (error) {
    if (response.status === 401) signedOut(/** @type {ApiError} */ (error));
    if (response.status >= 500) failed();
    throw error;
  }
}

/** @param {string} path @param {{signal?: AbortSignal}} [options] */
export async function get(path, options) {
  return read(await request("GET", path, options));
}

/** @param {string} method @param {string} path @param {any} [body] @param {{headers?: Record<string, string>, signal?: AbortSignal}} [options] */
export async function send(method, path, body, options) {
  return read(await request(method, path, { body, ...options }));
}
