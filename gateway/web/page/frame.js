// @ts-check
/** What stands around every view: the navigation, the badge, and the menu of the person. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { BASE } from "./base.js";
import { capitalized } from "./format.js";
import { icon } from "./parts.js";

const LINKS = [
  { href: "/", name: "Overview", glyph: "overview" },
  { href: "/workers", name: "Workers", glyph: "workers" },
  { href: "/tasks", name: "Tasks", glyph: "tasks" },
  { href: "/timeline", name: "Timeline", glyph: "timeline" },
  { href: "/traces", name: "Traces", glyph: "trace" },
];
const SCHEMES = [
  ["", "Like the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

/** @param {HTMLElement} root @param {any} app */
export function frame(root, app) {
  const { me } = app;
  render(
    html`<a class="skip" href="#view" @click=${skip}>Skip to content</a>
      <header class="bar">
        <a class="brand" href="${BASE}/" aria-label="Cml Cloud Manager"><img src="${BASE}/icon.svg" alt="" width="22" height="22"><span>Cml Cloud Manager</span></a>
        <nav aria-label="Views">
          ${LINKS.filter((it) => it.href !== "/traces" || me.traces !== false).map(({ href, name, glyph }) => html`<a href=${BASE + href}>${icon(glyph)}<span>${name}</span></a>`)}
        </nav>
        <div id="badge"></div>
        <button type="button" class="person" popovertarget="person" aria-label="Account: ${me.subject}">
          ${icon("person")}<bdi>${me.subject}</bdi>
        </button>
        <div id="person" class="menu" popover>
          <p><strong><bdi>${me.subject}</bdi></strong></p>
          <p class="hint">${rights(me)}</p>
          <fieldset>
            <legend>Colours</legend>
            ${SCHEMES.map(
              ([value, name]) =>
                html`<label><input type="radio" name="scheme" .checked=${(localStorage.getItem("scheme") ?? "") === value} @change=${() => scheme(value)}>${name}</label>`,
            )}
          </fieldset>
          <a href="${BASE}/api/docs" target="_blank" rel="noopener">${icon("api")}API reference</a>
          <button type="button" @click=${() => app.signOut()}>Sign out</button>
        </div>
      </header>
      ${me.notices.length ? html`<aside class="notice" aria-label="Notices">${me.notices.map((/** @type {string} */ it) => html`<p>${sentence(it)}</p>`)}</aside>` : nothing}
      <main id="view" tabindex="-1"></main>`,
    root,
  );
}

/** What the caller may see, in words. @param {any} me */
function rights(me) {
  const roles = me.roles.length ? me.roles.join(", ") : "no role";
  return me.department ? `${roles} · department ${me.department}` : roles;
}

/** @param {string} text */
function sentence(text) {
  return `${capitalized(text)}${text.endsWith(".") ? "" : "."}`;
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById("view")?.focus();
}

/** Shows a scheme, and keeps the choice. @param {string} name */
export function scheme(name) {
  if (name) localStorage.setItem("scheme", name);
  else localStorage.removeItem("scheme");
  applyScheme();
}

export function applyScheme() {
  const chosen = localStorage.getItem("scheme");
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}
