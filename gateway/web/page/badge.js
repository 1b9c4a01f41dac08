// @ts-check
/** The badge: whether what the page shows is current, and how late the last event was. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { duration } from "./format.js";

/** Losing the connection is told only after so long, in milliseconds. */
const PATIENCE = 10_000;

/** A stream that the page itself opens anew, as when the session was renewed, is told only after so long, in milliseconds. */
const REOPENS = 2_000;

const WORDS = {
  Connecting: ["Connecting", "idle"],
  Replaying: ["Replaying", "busy"],
  Live: ["Live", "ok"],
  Reconnecting: ["Reconnecting", "warn"],
  Offline: ["Offline", "bad"],
  SignedOut: ["Signed out", "idle"],
  Closed: ["Closed", "idle"],
};

const TITLES = {
  Connecting: "The first connection to the event stream is being made.",
  Replaying: "What was missed is still coming in.",
  Live: "What you see is current.",
  Reconnecting: "The connection was lost. What you see may be old; nothing will be missed.",
  Offline: "This device has no network. What you see may be old; nothing will be missed.",
  SignedOut: "The session has ended.",
  Closed: "The stream was closed.",
};

/** @param {HTMLElement} place @param {any} app */
export function badge(place, app) {
  /** @type {string | null} */
  let told = null;
  /** When the connection was lost. @type {number | null} */
  let lost = null;
  let warned = false;
  let nextAttempt = 0;
  /** When the stream was last seen live. */
  let liveAt = -Infinity;
  /** @type {any} */
  let detail = null;

  const draw = () => {
    const now = performance.now();
    const { state: actual, detail: told } = app.store;
    if (actual === "Live") liveAt = now;
    const reopens = actual === "Replaying" || (actual === "Reconnecting" && told.attempts === 0 && !told.reason);
    const state = reopens && now - liveAt < REOPENS ? "Live" : actual;
    if (app.store.detail !== detail) {
      detail = app.store.detail;
      nextAttempt = performance.now() + 1_000 * (detail.seconds ?? 0);
    }
    const [word, tone] = WORDS[/** @type {keyof typeof WORDS} */ (state)];
    const seconds = Math.max(0, Math.ceil((nextAttempt - performance.now()) / 1_000));
    const waits = state === "Reconnecting" || state === "Offline";
    const text = state === "Reconnecting" && seconds > 0 ? `Reconnecting in ${seconds} s` : word;
    const lag = state === "Live" && app.lag !== null ? duration(Math.max(1, Math.round(app.lag * 1_000))) : null;
    render(
      html`<span class="badge ${tone}" data-state=${state} title=${TITLES[/** @type {keyof typeof TITLES} */ (state)]}>
        <span class="dot" aria-hidden="true"></span>${text}${lag ? html`<span class="lag" title="How late the last event was">${lag}</span>` : nothing}
      </span>`,
      place,
    );
    tell(state, waits);
  };

  /** @param {string} state @param {boolean} waits */
  const tell = (state, waits) => {
    if (waits) {
      lost ??= performance.now();
      if (!warned && performance.now() - lost >= PATIENCE) {
        warned = true;
        app.toast("The connection is lost. Nothing will be missed: the page catches up when it is back.", { kind: "warn" });
      }
      return;
    }
    if (state !== "Live" || told === state) return;
    if (warned) app.toast("Connected again. Everything that was missed is here.", { kind: "ok" });
    told = state;
    lost = null;
    warned = false;
  };

  const timer = setInterval(() => {
    if (!place.isConnected) return stop();
    draw();
  }, 500);
  const undo = app.store.subscribe(() => {
    if (app.store.state !== "Live") told = null;
    if (app.store.detail !== detail || told === null) draw();
  });
  const stop = () => {
    clearInterval(timer);
    undo();
  };
  draw();
}
