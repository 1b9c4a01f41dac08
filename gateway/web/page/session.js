// @ts-check
/**
 * The session of the page: begun by a token, by a code of `ccm up`, or at the token issuer (OAuth 2.0, authorization code with
 * PKCE, as a public client), renewed before it ends, and ended. The access token becomes an HttpOnly cookie at once; the refresh
 * token and the id token are in the memory of this module only. No DOM.
 */

// A refusal of a request of this module is for its caller alone: it does not say that a session has ended.
import { ApiError, parse as read, request } from "./api.js";
import { BASE, withoutBase } from "./base.js";

/** @typedef {{subject: string, issuer: string, roles: string[], expires_at: string}} Me the answer of `GET /api/me` */
/**
 * What `GET /api/sign-in` says of the issuer.
 * @typedef {{issuer: string, client_id: string, scope: string, reachable: boolean, authorization_endpoint: string | null,
 *   token_endpoint: string | null, end_session_endpoint: string | null, response_mode: string, iss_required: boolean}} Issuer
 */
/** @typedef {{methods: string[], token_issuer: string | null, issuer: Issuer | null}} Ways */
/** @typedef {{onrenewed: (me: Me) => void, onended: (reason: string) => void}} Callbacks */

/** In sessionStorage while the browser is at the issuer: state, verifier and nonce of the request, and where to return to. */
const PENDING = "ccm.sign-in";
/** In sessionStorage of a tab that has signed in at the issuer: `yes`, or `tried` once it went there again by itself. */
const AT_ISSUER = "ccm.at-issuer";
const MINUTE = 60_000;
/** Longest pause of a timer: one does not notice that the machine was suspended. */
const MAX_PAUSE = 10 * MINUTE;

/** A sign-in was refused, by the issuer or by a check of this page. The message is for people. */
export class SignInError extends Error {}

/** @type {{refresh?: string, id?: string}} */
let tokens = {};
/** When the session ends, and is to be renewed, by the clock of this machine. */
let endsAt = 0;
let renewAt = 0;
/** @type {Callbacks | null} */
let callbacks = null;
/** @type {any} */
let timer;
/** No attempt before this time, after one that had no answer. */
let notBefore = 0;
/** Counts the sessions that were given up: what was on its way for one of them begins no session any more. */
let generation = 0;
let isBusy = false;

/** The ways to sign in. @returns {Promise<Ways>} */
export async function ways() {
  return read(await request("GET", "/api/sign-in"));
}

/**
 * To be called once, when the page is loaded: finishes a sign-in that has led here, by a link of `ccm up` (`/#code=…`) or back
 * from the issuer, or takes up the session that the browser has.
 *
 * Answers `me` if there is a session. `reason` says why none was begun: `missing`, `expired`, or a sentence for people, which can
 * stand beside the `me` of an earlier session. Throws an ApiError if
 * the gateway cannot say. Does not return if the browser goes to the issuer, which it does once if the session of a tab that has
 * signed in there was over when it was loaded.
 * @returns {Promise<{me?: Me, reason?: string}>}
 */
export async function resume() {
  // A link that is opened in the tab of the page changes the fragment only.
  addEventListener("hashchange", () => new URLSearchParams(location.hash.slice(1)).has("code") && location.reload());
  const fragment = new URLSearchParams(location.hash.slice(1));
  const response = [fragment, new URLSearchParams(location.search)].find(isResponse);
  try {
    if (response) return { me: await finishLogin(response) };
    if (fragment.has("code")) {
      // Neither the history nor a copied address is to keep the code.
      history.replaceState(null, "", location.pathname + location.search);
      return { me: await redeem(fragment.get("code") ?? "") };
    }
  } catch (error) {
    // Somebody who is signed in already and opens an old link, or goes back in the history, stays signed in.
    const me = (await whoAmI().catch(() => null)) ?? undefined;
    return { me, reason: /** @type {Error} */ (error).message };
  }
  try {
    return { me: await whoAmI() };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    if (sessionStorage.getItem(AT_ISSUER) === "yes") {
      const { issuer, methods } = await ways();
      sessionStorage.setItem(AT_ISSUER, "tried");
      if (issuer && methods.includes("issuer")) await startLogin(issuer);
    }
    return { reason: error.message.includes("expired") ? "expired" : "missing" };
  }
}

/** Whether these parameters are the issuer's response to a sign-in. @param {URLSearchParams} parameters */
function isResponse(parameters) {
  return withoutBase(location.pathname) === "/" && parameters.has("state") && (parameters.has("code") || parameters.has("error"));
}

/** Begins a session with a token. @param {string} token @returns {Promise<Me>} */
export async function begin(token) {
  await read(await request("POST", "/api/session", { headers: { Authorization: `Bearer ${token}` } }));
  return whoAmI();
}

/** Begins a session with a code of `ccm up`. @param {string} code @returns {Promise<Me>} */
export async function redeem(code) {
  await read(await request("POST", "/api/session/code", { body: { code } }));
  forget();
  return whoAmI();
}

/** Begins a session with a token that somebody has pasted. @param {string} text @returns {Promise<Me>} */
export async function paste(text) {
  const token = text.replace(/^\s*(export\s+)?(TOKEN=|(authorization:\s*)?bearer\s)/i, "").trim();
  if (!/^[\w.~+/=-]+$/.test(token)) throw new SignInError("This is not a token: a token is one word, without spaces.");
  const me = await begin(token);
  forget();
  return me;
}

/** Goes to the issuer to sign in; the browser comes back to this view. Never returns. @param {Issuer} issuer */
export async function startLogin(issuer) {
  if (!crypto.subtle) throw new SignInError("The browser signs in at an issuer only from a page at https:// or on localhost.");
  const [state, nonce, verifier] = [random(), random(), random()];
  const url = new URL(/** @type {string} */ (issuer.authorization_endpoint));
  const parameters = {
    response_type: "code",
    client_id: issuer.client_id,
    redirect_uri: redirectUri(),
    scope: issuer.scope,
    state,
    nonce,
    code_challenge: base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)))),
    code_challenge_method: "S256",
    ...(issuer.response_mode === "fragment" && { response_mode: "fragment" }),
    // OpenID Connect Core 1.0 section 11: without it, an issuer may give no refresh token.
    ...(issuer.scope.split(" ").includes("offline_access") && { prompt: "consent" }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const back = isResponse(new URLSearchParams(location.search)) ? `${BASE}/` : location.pathname + location.search;
  sessionStorage.setItem(PENDING, JSON.stringify({ state, nonce, verifier, back, issuer: issuer.issuer }));
  location.assign(url);
  return new Promise(() => {});
}

/**
 * Takes the issuer's response, of which nothing stays in the address, and begins the session.
 * @param {URLSearchParams} response @returns {Promise<Me>}
 */
export async function finishLogin(response) {
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null");
  sessionStorage.removeItem(PENDING);
  sessionStorage.removeItem(AT_ISSUER);
  history.replaceState(null, "", pending?.back ?? `${BASE}/`);
  if (pending?.state !== response.get("state")) {
    throw new SignInError("This answer of the issuer belongs to no sign-in that was begun in this tab. Sign in again.");
  }
  const { issuer } = await ways();
  const from = response.get("iss");
  if (!issuer || issuer.issuer !== pending.issuer || (from === null ? issuer.iss_required : from !== issuer.issuer)) {
    throw new SignInError("This answer is not from the issuer at which the sign-in was begun. Sign in again.");
  }
  const error = response.get("error");
  if (error) throw new SignInError(refusal(issuer, error, response.get("error_description")));
  const answer = await exchange(issuer, {
    grant_type: "authorization_code",
    code: response.get("code") ?? "",
    redirect_uri: redirectUri(),
    code_verifier: pending.verifier,
  });
  const claims = claimsOf(answer.id_token);
  if (claims?.nonce !== pending.nonce || claims.iss !== issuer.issuer || ![claims.aud].flat().includes(issuer.client_id)) {
    throw new SignInError("The id token of the issuer does not belong to this sign-in. Sign in again.");
  }
  const me = await begin(answer.access_token);
  tokens = { refresh: answer.refresh_token, id: answer.id_token };
  sessionStorage.setItem(AT_ISSUER, "yes");
  return me;
}

/**
 * Renews the session for as long as the page lives, which replaces an earlier call. `onrenewed` is called once the cookie holds
 * a later token: a stream that was opened with the earlier one ends with it, so it has to be reopened. `onended` is called when
 * the session has ended and cannot be renewed.
 * @param {Callbacks} told
 */
export function keepAlive(told) {
  if (!callbacks) document.addEventListener("visibilitychange", () => void check());
  callbacks = told;
  schedule();
}

/**
 * Ends the session, here and at the issuer: does not return if the browser goes there to sign out. Throws if the gateway has not
 * ended it: the session then goes on.
 * @param {() => void} onended Called once the gateway has ended it.
 */
export async function end(onended) {
  const { id } = tokens;
  const atIssuer = sessionStorage.getItem(AT_ISSUER) !== null;
  generation += 1;
  await read(await request("DELETE", "/api/session"));
  abandon();
  onended();
  // The issuer's own session is ended if it can be.
  const issuer = atIssuer ? (await ways().catch(() => null))?.issuer : null;
  if (!issuer?.end_session_endpoint) return;
  const url = new URL(issuer.end_session_endpoint);
  url.searchParams.set("client_id", issuer.client_id);
  url.searchParams.set("post_logout_redirect_uri", redirectUri());
  if (id) url.searchParams.set("id_token_hint", id);
  location.assign(url);
  return new Promise(() => {});
}

/** Forgets the session, which somebody has ended elsewhere: it is not renewed any more. */
export function abandon() {
  generation += 1;
  forget();
  endsAt = 0;
  clearTimeout(timer);
}

function forget() {
  tokens = {};
  sessionStorage.removeItem(AT_ISSUER);
}

/** Who has the session, and until when. @returns {Promise<Me>} */
export async function whoAmI() {
  const response = await request("GET", "/api/me");
  const me = await read(response);
  // By the gateway's clock, which may differ from that of this machine. Its header leaves out parts of a second.
  const now = Date.parse(response.headers.get("date") ?? "") + 999 || Date.now();
  const left = Date.parse(me.expires_at) - now;
  endsAt = Date.now() + left;
  renewAt = endsAt - (left > 5 * MINUTE ? MINUTE * (1 + Math.random() / 2) : left * (0.25 + Math.random() / 10));
  return me;
}

function schedule() {
  clearTimeout(timer);
  if (!endsAt || !callbacks) return;
  const next = (tokens.refresh ? renewAt : endsAt) - Date.now();
  timer = setTimeout(() => void check(), Math.min(Math.max(next, notBefore - Date.now(), 500), MAX_PAUSE));
}

/** Renews the session when it is time, or finds that it has ended. */
async function check() {
  const now = Date.now();
  if (isBusy || !endsAt || !callbacks) return;
  if (now < Math.max(notBefore, tokens.refresh ? renewAt : endsAt)) return schedule();
  isBusy = true;
  const before = endsAt;
  try {
    // While it is being recovered, the refresh token is used already.
    if (recovery) await recovery;
    const me = tokens.refresh && !recovery && endsAt === before ? await renew() : await whoAmI();
    // Another tab may have renewed the cookie.
    if (endsAt > before + 1_000) callbacks.onrenewed(me);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      endsAt = 0;
      callbacks.onended("expired");
    } else if (error instanceof SignInError) {
      // The issuer has ended its session.
      tokens.refresh = undefined;
    } else {
      // There was no answer.
      notBefore = now + 5_000;
    }
  } finally {
    isBusy = false;
    schedule();
  }
}

/** @type {Promise<boolean> | null} */
let recovery = null;

/** To be called when something was refused because the session has ended, as after a suspend: whether it could be renewed. */
export function recover() {
  const attempt = async () => {
    try {
      if (!tokens.refresh) return false;
      await renew();
      schedule();
      return true;
    } catch {
      return false;
    } finally {
      recovery = null;
    }
  };
  return (recovery ??= attempt());
}

/** @returns {Promise<Me>} */
async function renew() {
  const begun = generation;
  const { issuer } = await ways();
  if (!issuer) throw new SignInError();
  const refresh = /** @type {string} */ (tokens.refresh);
  const answer = await exchange(issuer, { grant_type: "refresh_token", refresh_token: refresh });
  if (begun !== generation) throw new SignInError("The session was ended meanwhile.");
  // OpenID Connect Core 1.0 section 12.2: the person must be the same.
  if (answer.id_token && tokens.id && claimsOf(answer.id_token)?.sub !== claimsOf(tokens.id)?.sub) {
    throw new SignInError("The issuer answered for another person.");
  }
  // The issuer may have replaced the refresh token.
  tokens = { refresh: answer.refresh_token ?? refresh, id: answer.id_token ?? tokens.id };
  return begin(answer.access_token);
}

/**
 * Asks the token endpoint.
 * @param {Issuer} issuer @param {Record<string, string>} grant
 * @returns {Promise<{access_token: string, refresh_token?: string, id_token?: string}>}
 */
async function exchange(issuer, grant) {
  const { host } = new URL(issuer.issuer);
  const response = await fetch(/** @type {string} */ (issuer.token_endpoint), {
    method: "POST",
    body: new URLSearchParams({ ...grant, client_id: issuer.client_id }),
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    referrerPolicy: "no-referrer",
  }).catch(() => {
    const detail = `The token endpoint of ${host} cannot be reached from this page: it is down, or does not allow this origin.`;
    throw new ApiError(0, { detail });
  });
  const answer = await response.json().catch(() => ({}));
  if (response.status >= 500) throw new ApiError(response.status, { detail: `${host} answered ${response.status}.` });
  if (!response.ok || !answer.access_token) {
    throw new SignInError(refusal(issuer, answer.error ?? `status ${response.status}`, answer.error_description));
  }
  return answer;
}

/** @param {Issuer} issuer @param {string} error @param {string | null | undefined} description */
function refusal(issuer, error, description) {
  return `${new URL(issuer.issuer).host} refused: ${description || error}${description ? ` (${error})` : ""}`;
}

/** The claims of a token, unverified: it came from the issuer itself, over TLS. @param {string | undefined} token @returns {any} */
function claimsOf(token) {
  try {
    const payload = atob((token ?? "").split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(payload, (it) => it.charCodeAt(0))));
  } catch {
    return null;
  }
}

function redirectUri() {
  return `${location.origin}${BASE}/`;
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
