// The views of traces alone in a page, with the files of gateway/web and a fake API. `answers` may be changed at any time.

import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = fileURLToPath(new URL("../../gateway/web", import.meta.url));
const ORIGIN = "http://traces.test";
const TYPES = { ".js": "text/javascript", ".css": "text/css" };
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html ccm";
const SHEETS = ["tokens.css", "page.css", "controls.css", "dialogs.css", "lists.css", "resource.css"];

const HTML = `<!doctype html><html lang="en"><head><title>Traces</title><meta name="viewport" content="width=device-width">
${SHEETS.map((it) => `<link rel="stylesheet" href="/page/${it}">`).join("")}
<script type="module" src="/test.js"></script></head><body><div id="app"><header class="bar"></header><main id="view"></main></div></body></html>`;

/** What main.js does for these views. */
const SCRIPT = `import * as api from "/page/api.js";
import { context } from "/page/parts.js";
globalThis.announced = [];
context.announce = (it) => announced.push(it);
const root = document.getElementById("view");
const app = { api, store: globalThis.store, title: (it) => (document.title = it), toast() {}, navigate };
let name, view;
function navigate(url, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", url);
  show();
}
async function show() {
  const { pathname: path, searchParams: query } = new URL(location.href);
  const id = path.split("/")[2];
  const wanted = id ? "trace" : "recent";
  const module = await import("/page/traces/" + wanted + ".js");
  const route = { path, params: { id }, query };
  if (name === wanted) return view.update(route);
  view?.unmount();
  root.replaceChildren();
  delete root._$litPart$;
  name = wanted;
  view = module.mount(root, app, route);
}
addEventListener("popstate", show);
document.addEventListener("click", (event) => {
  const link = event.composedPath().find((it) => it instanceof HTMLAnchorElement);
  if (event.defaultPrevented || !link || !link.pathname.startsWith("/traces")) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
});
show();`;

/**
 * Serves the page to a browser context.
 * @param {import("playwright-core").BrowserContext} context
 * @param {(url: URL, headers: Record<string, string>) => {status?: number, etag?: string, json?: any}} api
 */
export async function serve(context, api) {
  await context.route("**/*", async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    if (url.pathname.startsWith("/api/")) return answer(route, api(url, request.headers()));
    const page = (contentType, body) => route.fulfill({ contentType, body, headers: { "content-security-policy": CSP } });
    if (url.pathname === "/test.js") return page("text/javascript", SCRIPT);
    if (!extname(url.pathname)) return page("text/html", HTML);
    const type = TYPES[extname(url.pathname)];
    const body = type && (await readFile(join(WEB, url.pathname)).catch(() => ""));
    return page(type ?? "text/plain", body ?? "");
  });
  return ORIGIN;
}

function answer(route, { status = 200, etag, json }) {
  const headers = etag ? { etag } : {};
  if (status === 304) return route.fulfill({ status, headers });
  const contentType = status < 400 ? "application/json" : "application/problem+json";
  return route.fulfill({ status, headers, contentType, body: JSON.stringify(json) });
}
