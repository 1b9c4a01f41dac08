// @ts-check
/** When a trace is read again. No DOM. */

/** Whether something else keeps the traces. @param {any} error */
export function isElsewhere({ type }) {
  return type.endsWith(":traces-not-kept");
}

/**
 * Milliseconds until a trace is read again, or `null` for no more: often while it arrives, then seldom, then no more. A trace
 * may be asked for before its first span arrives.
 * @param {{complete: boolean, quiet: number, error: any}} what it was when read, and the milliseconds since it changed
 */
export function pace({ complete, quiet, error }) {
  if (error?.status === 404) return quiet < 60_000 && !isElsewhere(error) ? 1_000 : null;
  if (error) return error.retryable || error.status >= 500 ? 5_000 : null;
  if (!complete) return quiet < 300_000 ? 1_000 : 5_000;
  return quiet < 30_000 ? 1_000 : quiet < 90_000 ? 5_000 : null;
}
