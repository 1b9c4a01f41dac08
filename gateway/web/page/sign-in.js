// @ts-check
import { html, render } from "../vendor/lit-html/lit-html.js";
import * as session from "./session.js";
export function mount(root, app, route) {
  const draw = () => render(html`<form @submit=${async (e) => { e.preventDefault(); const t = new FormData(e.target).get("token"); app.signedIn(await session.begin(t)); }}><h1>Sign in</h1><label>Token <input name="token"></label><button>Sign in</button></form>`, root);
  draw();
  return { update() {}, unmount() {} };
}
