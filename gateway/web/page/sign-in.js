// @ts-check
/** The view for who is not signed in: the ways to sign in, and why the last session is over or was not begun. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { icon, sentence, spinner } from "./parts.js";
import * as session from "./session.js";

/** @type {Record<string, string>} */
const REASONS = {
  missing: "",
  expired: "Your session has ended. Sign in again; what you were looking at is kept.",
  invalid: "Your session is not accepted any more. Sign in again.",
  signed_out: "You are signed out.",
};

/**
 * @param {HTMLElement} root
 * @param {{signedIn(me: any): Promise<void>, leaves(): void}} app
 * @param {{reason?: string}} route `reason`: a key of REASONS, or a sentence
 */
export function mount(root, app, route) {
  let { reason = "" } = route;
  /** @type {session.Ways | null} */
  let ways = null;
  let error = "";
  let isBusy = false;

  /** Does one thing at a time, and says why it failed. @param {() => Promise<void>} work */
  async function attempt(work) {
    if (isBusy) return;
    [isBusy, error] = [true, ""];
    draw();
    try {
      await work();
    } catch (failed) {
      error = /** @type {Error} */ (failed).message || "Signing in failed.";
    }
    isBusy = false;
    if (root.isConnected) draw();
  }

  const load = () =>
    attempt(async () => {
      ways = await session.ways();
    });

  /** @param {SubmitEvent} event */
  function submitted(event) {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (root.querySelector("#token"));
    if (!field.value.trim()) return field.focus();
    const token = field.value;
    void attempt(async () => {
      const me = await session.paste(token);
      field.value = "";
      await app.signedIn(me);
    });
  }

  function draw() {
    const issuer = ways?.issuer;
    const told = error || (REASONS[reason] ?? reason);
    render(
      html`<div class="sign-in">
        <p class="mark" aria-hidden="true">${icon("workers")}</p>
        <h1>Sign in</h1>
        <p class="hint">Cml Cloud Manager</p>
        <div role="alert">${told ? html`<p class=${error || !(reason in REASONS) ? "told bad" : "told"}>${sentence(told)}</p>` : nothing}</div>
        ${ways ? nothing : error ? html`<button type="button" @click=${load}>Try again</button>` : spinner()}
        ${issuer ? atIssuer(issuer) : nothing}
        ${issuer ? html`<details ?open=${!ways?.methods.includes("issuer")}><summary>Paste a token instead</summary>${form()}</details>` : ways ? form() : nothing}
        ${ways?.methods.includes("code") ? html`<p class="hint">A link that signs you in: <code>ccm login</code></p>` : nothing}
      </div>`,
      root,
    );
  }

  /** @param {session.Issuer} issuer */
  function atIssuer(issuer) {
    const { host } = new URL(issuer.issuer);
    if (issuer.authorization_endpoint && issuer.token_endpoint) {
      const go = () =>
        attempt(() => {
          app.leaves();
          return session.startLogin(issuer);
        });
      return html`<button type="button" class="primary" ?disabled=${isBusy} @click=${go}>Sign in with <bdi>${host}</bdi></button>
        ${issuer.reachable ? nothing : html`<p class="hint"><bdi>${host}</bdi> did not answer the gateway just now.</p>`}`;
    }
    const why = issuer.reachable ? "names no page to sign in at" : "does not answer the gateway at the moment";
    return html`<p class="told bad"><bdi>${host}</bdi> ${why}.</p>
      <button type="button" ?disabled=${isBusy} @click=${load}>Check again</button>`;
  }

  function form() {
    const from = ways?.token_issuer;
    return html`<form @submit=${submitted}>
      <label for="token">Token</label>
      <input id="token" class="secret" required autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="token-hint">
      <p id="token-hint" class="hint">
        ${from ? html`A bearer token of <bdi>${from}</bdi>.` : html`<code>ccm token --role admin</code> prints one.`}
        The page does not keep it: it becomes a cookie that scripts cannot read.
      </p>
      <button class=${ways?.methods.includes("issuer") ? "" : "primary"} ?disabled=${isBusy}>Sign in with this token</button>
    </form>`;
  }

  draw();
  void load();
  return {
    /** @param {{reason?: string}} next */
    update(next) {
      ({ reason = "" } = next);
      draw();
    },
    unmount() {
      render(nothing, root);
    },
  };
}
