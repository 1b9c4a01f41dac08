// @ts-check
/** Starts the page: the session, the event stream, the frame around the views, and the router. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { EventStream } from "../sse-client.js";
import * as api from "./api.js";
import { bringBack, closeDialogs, forgetAside, keepAside, setAside, takeUpAside } from "./aside.js";
import { badge } from "./badge.js";
import { BASE, withoutBase } from "./base.js";
import { applyScheme, frame } from "./frame.js";
import { context, failure, spinner } from "./parts.js";
import { Reports } from "./reports.js";
import { ROUTES, resolve } from "./routes.js";
import * as session from "./session.js";
import { Store } from "./store.js";
import { Toasts } from "./toasts.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
/** Tells the other tabs who has signed in: they share the cookie. */
const identity = new BroadcastChannel("ccm-identity");
const live = /** @type {HTMLElement} */ (document.getElementById("announcements"));
const WORKER = `${BASE}/sse-worker.js`;
// The only script that the page loads by a name at run time.
const scripts = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("ccm", {
  createScriptURL: (/** @type {string} */ url) => (url === WORKER ? url : ""),
});

class App {
  api = api;
  store = new Store();
  /** The answer of /api/me; `null` while nobody is signed in. @type {any} */
  me = null;
  toasts = new Toasts(this);
  reports = new Reports(this);
  /** @type {{update(route: any): void, unmount(): void} | null} */
  #view = null;
  /** @type {any} */
  #module = null;
  /** @type {string | undefined} */
  #id;
  /** @type {EventStream | null} */
  #stream = null;
  #navigation = 0;
  /** Whether the view is shown on a way back, which leads to where the reader was. */
  goesBack = false;
  /** Whose tasks and workers the store has. */
  #owner = "";

  /** @param {string} name */
  title(name) {
    document.title = `${name} · Cml Cloud Manager`;
  }

  /** @param {string} text @param {{kind?: string, href?: string}} [options] */
  toast(text, options) {
    this.toasts.add(text, options);
  }

  /** Whether the caller may ask for actions and change workers. */
  get isAdmin() {
    return this.me?.roles.includes("admin") ?? false;
  }

  /** Whether the caller may have the state of a machine read soon. */
  get mayRefresh() {
    return this.isAdmin || (this.me?.roles.includes("manager") ?? false);
  }

  /** Shows an address of the page, without the prefix. @param {string} url @param {{replace?: boolean}} [options] */
  navigate(url, { replace = false } = {}) {
    if (replace) history.replaceState(null, "", BASE + url);
    else history.pushState(null, "", BASE + url);
    this.#show(!replace);
  }

  async start() {
    applyScheme();
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("keydown", searches);
    window.addEventListener("popstate", () => {
      this.goesBack = true;
      this.#show(true);
    });
    identity.onmessage = ({ data }) => (data !== this.#owner || !this.me) && this.#recheck();
    document.addEventListener("visibilitychange", () => this.me && !document.hidden && this.#recheck());
    api.onSignedOut(() => this.#ended("expired"));
    root.replaceChildren();
    render(spinner(), root);
    try {
      const { me, reason } = await session.resume();
      if (!me) return this.#signedOut(reason);
      await this.signedIn(me);
      if (reason) this.toast(`${reason} You are still signed in as ${me.subject}.`, { kind: "warn" });
    } catch (error) {
      render(failure(error, () => location.reload()), root);
    }
  }

  /** A session has begun in this tab. @param {any} me the answer of /api/me */
  async signedIn(me) {
    this.#take(me);
    identity.postMessage(this.#owner);
  }

  /** Another tab has signed in, or the page was out of sight: the cookie may be that of somebody else. */
  async #recheck() {
    try {
      const me = await session.whoAmI();
      if (!this.me || rights(me) !== rights(this.me)) this.#take(me);
    } catch {
      // Whatever is asked next says why.
    }
  }

  /** Shows the page to somebody. @param {any} me */
  #take(me) {
    const owner = `${me.issuer} ${me.subject}`;
    const same = this.#owner === owner;
    if (this.#owner && !same) {
      forgetAside();
      this.store.clear();
    }
    this.#owner = owner;
    takeUpAside(owner, async (name, ...args) => {
      const { ASKING } = await import("./actions.js");
      await ASKING[name]?.(this, ...args);
    });
    this.me = me;
    context.traceUrl = me.trace_url ?? null;
    this.#frame();
    if (this.#stream && same) this.#stream.reopen();
    else this.#connect();
    session.keepAlive({
      onrenewed: (it) => (rights(it) === rights(this.me) ? this.#stream?.reopen() : this.#take(it)),
      onended: () => this.#signedOut("expired"),
    });
    this.#show(false);
  }

  /** The browser is about to go to another page to sign in. */
  leaves() {
    keepAside(this.#owner);
  }

  async signOut() {
    try {
      await session.end(() => {
        this.#stream?.signOut();
        this.#stream?.close();
        this.#stream = null;
        this.store.clear();
        this.#signedOut("signed_out");
      });
    } catch (error) {
      this.toast(`You are still signed in. ${/** @type {Error} */ (error).message}`, { kind: "bad" });
    }
  }

  #connect() {
    this.#stream?.close();
    const { store, me } = this;
    /** @type {EventStream | null} */
    let made = null;
    const stream = new EventStream({
      signIn: `${me.issuer} ${me.subject}`,
      url: `${BASE}/api/events/stream`,
      sessionUrl: `${BASE}/api/me`,
      workerUrl: scripts?.createScriptURL(WORKER) ?? WORKER,
      onstate: (state, detail) => {
        // The first state is told before the constructor returns.
        if (made && made !== this.#stream) return;
        store.connection(state, detail);
        if (state === "SignedOut") this.#ended(detail.reason);
      },
    });
    made = this.#stream = stream;
    stream.on("*", (event, delivery) => {
      store.take(event, delivery);
      this.reports.take(event, delivery);
    });
  }

  /** Connects at once, instead of waiting for the next attempt. */
  reconnect() {
    this.#stream?.reopen();
  }

  /** The lag of the last event, in seconds, or `null`. */
  get lag() {
    return this.#stream?.lag ?? null;
  }

  /** Something was refused for want of a session. @param {string | undefined} reason */
  async #ended(reason) {
    if (reason === "signed_out") {
      session.abandon();
      return this.#signedOut(reason);
    }
    if (this.me && (await session.recover())) this.#stream?.reopen();
    else this.#signedOut(reason);
  }

  /** @param {string | undefined} reason */
  async #signedOut(reason) {
    if (reason === "signed_out") forgetAside();
    const turn = (this.#navigation += 1);
    const signIn = await import("./sign-in.js");
    if (turn !== this.#navigation) return;
    if (this.#module === signIn && this.#view) return this.#view.update({ reason });
    if (reason !== "signed_out") setAside(location.href);
    this.#leave();
    this.me = null;
    render(html`<main id="view" class="alone"></main>`, root);
    this.#module = signIn;
    this.reports.show("sign_in");
    this.title("Sign in");
    this.#view = signIn.mount(/** @type {HTMLElement} */ (root.querySelector("#view")), this, { reason });
  }

  #frame() {
    this.#leave();
    render(nothing, root);
    frame(root, this);
    badge(/** @type {HTMLElement} */ (root.querySelector("#badge")), this);
  }

  #leave() {
    closeDialogs();
    this.#view?.unmount();
    this.#view = null;
    this.#module = null;
  }

  /** @param {boolean} moves whether the focus moves to the view, as after a click on a link */
  async #show(moves) {
    if (!this.me) return;
    const turn = (this.#navigation += 1);
    const place = /** @type {HTMLElement} */ (root.querySelector("#view"));
    const { route, load } = resolve(new URL(location.href));
    for (const link of root.querySelectorAll("nav a")) {
      const current = link.getAttribute("href") === BASE + route.section;
      if (current) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.reports.show(route.name);
    try {
      const module = await load();
      if (turn !== this.#navigation) return;
      if (module === this.#module && this.#view && route.params.id === this.#id) return this.#view.update(route);
      this.#leave();
      render(nothing, place);
      this.#module = module;
      this.#id = route.params.id;
      this.#view = module.mount(place, this, route);
      bringBack(location.href);
      this.goesBack = false;
      if (moves && !place.contains(document.activeElement)) {
        place.focus({ preventScroll: true });
        place.scrollTop = 0;
      }
    } catch (error) {
      this.reports.add("load_failed");
      if (turn !== this.#navigation) return;
      this.#leave();
      render(failure(error, () => location.reload()), place);
    }
  }

  /** Links to views are shown without loading the page anew. @param {MouseEvent} event */
  #clicked(event) {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((it) => it instanceof HTMLAnchorElement);
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    const path = withoutBase(link.pathname);
    if (!ROUTES.some((it) => it.pattern.test(path)) || (link.hash && link.pathname === location.pathname)) return;
    event.preventDefault();
    this.navigate(path + link.search);
  }

  /** Tells screen readers, politely. @param {string} text */
  announce(text) {
    live.textContent = "";
    requestAnimationFrame(() => (live.textContent = text));
  }
}

/** What a person sees and may do depends on. @param {any} me */
function rights({ issuer, subject, roles, department, notices }) {
  return JSON.stringify([issuer, subject, roles, department, notices]);
}

/** The key / goes to the search of the view. @param {KeyboardEvent} event */
function searches(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select, dialog")) return;
  const field = /** @type {HTMLElement | null} */ (document.querySelector("#view input[type=search]"));
  if (field) event.preventDefault();
  field?.focus();
}

const app = new App();
context.announce = (text) => app.announce(text);
context.toast = (text, options) => app.toast(text, options);
app.start();
