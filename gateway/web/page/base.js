// @ts-check
/** Where the gateway is: behind a proxy, its paths may have a prefix. The page learns it from the address of this module. */

/** What stands before every path of the gateway: nothing, or a prefix such as `/ccm`. */
export const BASE = new URL("..", import.meta.url).pathname.slice(0, -1);

/** The path of a view or of the API, without the prefix. @param {string} pathname */
export function withoutBase(pathname) {
  return pathname === BASE || pathname.startsWith(`${BASE}/`) ? pathname.slice(BASE.length) || "/" : pathname;
}
