// @ts-check
/** Forms in a modal dialog. What the gateway refuses is told at the field that it names. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { forgetAside, isAside, present } from "./aside.js";
import { context, icon, traceHref, traceLink } from "./parts.js";

/**
 * @typedef {object} Field
 * @property {string} name As the gateway names it in `violations`.
 * @property {string} label
 * @property {"text" | "textarea" | "select"} [type]
 * @property {string} [value]
 * @property {boolean} [required]
 * @property {string} [hint]
 * @property {number} [maxlength]
 * @property {[value: string, name: string][]} [options]
 * @property {() => string[]} [suggestions]
 */

/**
 * @typedef {object} Form
 * @property {string} title
 * @property {unknown} [intro]
 * @property {Field[]} fields
 * @property {string} submitName
 * @property {import("./aside.js").Again} again What of actions.js asks for it again, after the page was loaded anew.
 * @property {boolean} [danger]
 * @property {(values: Record<string, string>) => string | null} [check] What is wrong, before it is sent.
 * @property {(values: Record<string, string>, isOpen: () => boolean) => Promise<void>} submit Once the dialog was closed, the
 *   person is elsewhere, and is not taken to another view.
 */

/** Asks for the fields until they are accepted, or the dialog is closed. @param {Form} form */
export function ask(form) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "dialog-title");
  /** @type {any} */
  let error = null;
  let busy = false;

  const draw = () => render(template(), dialog);
  const template = () => html`<form method="dialog" novalidate @submit=${submit} @input=${() => draw()}>
    <header>
      <h2 id="dialog-title"><bdi>${form.title}</bdi></h2>
      <button type="button" class="icon" aria-label="Close" @click=${() => dialog.close()}>${icon("close")}</button>
    </header>
    ${form.intro ? html`<p class="intro">${form.intro}</p>` : nothing}
    ${error ? html`<div class="failure" role="alert"><p><bdi>${error.message}</bdi></p>${elsewhere()}${error.traceId ? traceLink(error.traceId, "this failure") : nothing}</div>` : nothing}
    ${form.fields.map(field)}
    <footer>
      <button type="button" @click=${() => dialog.close()}>Close</button>
      <button class=${form.danger ? "danger" : "primary"} ?disabled=${busy || Boolean(form.check?.(values()))}>${busy ? "Sending…" : form.submitName}</button>
    </footer>
  </form>`;

  /** What is wrong with fields that are not in the form. */
  const elsewhere = () => {
    const found = (error.violations ?? []).filter((/** @type {any} */ it) => !form.fields.some(({ name }) => isOf(it, name)));
    if (!found.length) return nothing;
    return html`<ul>${found.map((/** @type {any} */ it) => html`<li><bdi>${it.field}</bdi>: <bdi>${it.description}</bdi></li>`)}</ul>`;
  };

  /** @param {Field} it */
  const field = (it) => {
    /** @type {any[]} */
    const violations = (error?.violations ?? []).filter((/** @type {any} */ violation) => isOf(violation, it.name));
    const described = [it.hint ? `${it.name}-hint` : "", violations.length ? `${it.name}-error` : ""].join(" ").trim();
    return html`<div class="field">
      <label for="field-${it.name}">${it.label}${it.required ? nothing : html` <span class="hint">optional</span>`}</label>
      ${control(it, violations.length > 0, described)}
      ${it.hint ? html`<p class="hint" id="${it.name}-hint">${it.hint}</p>` : nothing}
      ${violations.length ? html`<div class="error" id="${it.name}-error">${violations.map(({ description }) => html`<p><bdi>${description}</bdi></p>`)}</div>` : nothing}
    </div>`;
  };

  const values = () => {
    const data = new FormData(/** @type {HTMLFormElement} */ (dialog.querySelector("form") ?? document.createElement("form")));
    return Object.fromEntries([...data].map(([name, value]) => [name, String(value)]));
  };

  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    const given = values();
    if (busy || form.check?.(given)) return;
    const missing = form.fields.filter((it) => it.required && !given[it.name]?.trim());
    error = null;
    if (missing.length) {
      error = { message: "Something is missing.", violations: missing.map((it) => ({ field: it.name, description: "is required" })) };
    } else {
      busy = true;
      draw();
      try {
        await form.submit(given, () => dialog.open);
        if (isAside(dialog)) forgetAside();
        dialog.close();
      } catch (it) {
        error = it;
      }
      busy = false;
    }
    if (!dialog.open) {
      if (error && !isAside(dialog)) context.toast(`${form.title}: ${error.message}`, { kind: "bad", href: traceHref(error.traceId) });
      return;
    }
    draw();
    const invalid = /** @type {HTMLElement | null} */ (dialog.querySelector("[aria-invalid=true]"));
    invalid?.focus();
  };

  dialog.addEventListener("close", () => dialog.remove());
  // Text can be selected by drawing the mouse out of the dialog.
  let isBeside = false;
  dialog.addEventListener("pointerdown", ({ target }) => (isBeside = target === dialog));
  dialog.addEventListener("pointerup", ({ target }) => (isBeside &&= target === dialog));
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog && isBeside) dialog.close();
  });
  const show = () => {
    // That the session has ended is no longer true.
    if (error?.status === 401) error = null;
    document.body.append(dialog);
    draw();
    dialog.showModal();
    draw();
    /** @type {HTMLElement | null} */ (dialog.querySelector("input, textarea, select"))?.focus();
    present({ dialog, show, again: form.again, values });
  };
  show();
}

/** @param {Field} it @param {boolean} isInvalid @param {string} described */
function control({ name, type = "text", value = "", maxlength, options = [], suggestions, required }, isInvalid, described) {
  const id = `field-${name}`;
  const invalid = isInvalid ? "true" : "false";
  const by = described || nothing;
  if (type === "textarea") {
    return html`<textarea id=${id} name=${name} rows="3" maxlength=${maxlength ?? nothing} aria-invalid=${invalid} aria-describedby=${by}>${value}</textarea>`;
  }
  if (type === "select") {
    return html`<select id=${id} name=${name} aria-invalid=${invalid} aria-describedby=${by}>
      ${options.map(([key, text]) => html`<option value=${key} ?selected=${key === value}>${text}</option>`)}
    </select>`;
  }
  return html`<input id=${id} name=${name} value=${value} autocomplete="off" spellcheck="false" list=${suggestions ? `${id}-list` : nothing}
      maxlength=${maxlength ?? nothing} aria-required=${required ? "true" : "false"} aria-invalid=${invalid} aria-describedby=${by}>
    ${suggestions ? html`<datalist id="${id}-list">${suggestions().map((it) => html`<option value=${it}></option>`)}</datalist>` : nothing}`;
}

/** Whether the gateway says it of this field: it names a member of the resource, or of a part of it. @param {any} violation @param {string} name */
function isOf({ field = "" }, name) {
  return field === name || field.endsWith(`.${name}`) || field.startsWith(`${name}[`) || field.startsWith(`${name}.`);
}
