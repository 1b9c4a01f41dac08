// @ts-check
/** The dialog that was open when the session ended: it is set aside, and there again once the same person has signed in. */

/** What of actions.js asks for a dialog. @typedef {[name: string, ...args: any[]]} Again */
/** @typedef {{dialog: HTMLDialogElement, show: () => void, again: Again, values: () => Record<string, string>}} Shown */

/** The dialog in view. @type {Shown | null} */
let shown = null;
/** The dialog that was in view when the session ended, and the address of its view. @type {Partial<Shown> & {address: string, show: () => void} | null} */
let aside = null;
/** In sessionStorage while the browser is at the issuer: the same, and whose it is. */
const KEPT = "ccm.dialog";

/** Notes the dialog that is in view now. @param {Shown} it */
export function present(it) {
  shown = it;
}

/** Closes every dialog, because what it is about is no longer in view. */
export function closeDialogs() {
  for (const it of document.querySelectorAll("dialog")) it.close();
}

/** Takes the dialog in view away, with what was typed in it, until its view is shown again. @param {string} address of the view */
export function setAside(address) {
  if (!shown?.dialog.open) return;
  aside = { ...shown, address };
  // It is not closed: that would be its end.
  shown.dialog.remove();
  shown.dialog.open = false;
}

/** Whether it is the dialog that was set aside. @param {HTMLDialogElement} dialog */
export function isAside(dialog) {
  return aside?.dialog === dialog;
}

/** Keeps what was set aside while the browser goes to another page to sign in. @param {string} owner whose it is */
export function keepAside(owner) {
  if (!aside?.again || !aside.values) return;
  const { address, again, values } = aside;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ owner, address, again, values: values() }));
  } catch {
    // There is no room: to sign in is more important.
  }
}

/**
 * Takes up what was kept, if it is of this person: it is set aside again.
 * @param {string} owner @param {(...again: Again) => Promise<void>} open
 */
export function takeUpAside(owner, open) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  // A page that the browser went back to has it in memory.
  if (aside || kept?.owner !== owner) return;
  const show = async () => {
    await open(.../** @type {Again} */ (kept.again));
    fill(kept.values);
  };
  aside = { address: kept.address, show };
}

/** Types into the dialog in view. @param {Record<string, string>} values */
function fill(values) {
  if (!shown?.dialog.open) return;
  for (const [name, value] of Object.entries(values)) {
    const field = /** @type {HTMLInputElement | null} */ (shown.dialog.querySelector(`[name="${CSS.escape(name)}"]`));
    if (field) field.value = value;
  }
  shown.dialog.querySelector("form")?.dispatchEvent(new Event("input"));
}

/** Shows the dialog again that was set aside in this view. @param {string} address */
export function bringBack(address) {
  if (aside?.address !== address) return;
  const { show } = aside;
  aside = null;
  show();
}

/** Forgets what was set aside: the next one to sign in may be somebody else. */
export function forgetAside() {
  aside = null;
  sessionStorage.removeItem(KEPT);
}
