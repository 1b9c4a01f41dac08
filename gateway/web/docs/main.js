// @ts-check
/**
 * The API reference, /api/docs: Swagger UI with openapi.json of this gateway. "Try it out" sends requests with the session
 * cookie, or with a token that was given under "Authorize". Nothing is loaded from another origin.
 */

const dark = matchMedia("(prefers-color-scheme: dark)");
const applyScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
applyScheme();
dark.addEventListener("change", applyScheme);

/** An answer of the event stream has no end, for which "Try it out" would wait. */
const STREAM = "/api/events/stream";

/**
 * Requests go where the page is from: behind a proxy that it does not trust, the gateway knows another origin than the browser.
 * This script is beneath the path prefix of a proxy, if there is one.
 */
const HERE = [{ url: new URL("..", import.meta.url).pathname.replace(/\/$/, "") || "/" }];

/** What Swagger UI would offer for the session cookie is a field for its value, which no script can set. */
const SESSION_NOTE = "session: the page's sign-in. Requests have its cookie by themselves, unless a bearer token is given here.";

/** @param {{ React: { createElement: Function } }} system */
const adapted = ({ React }) => ({
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec:
          (/** @type {Function} */ update) =>
          (/** @type {object} */ description) =>
            update({ ...description, servers: HERE }),
      },
      wrapSelectors: {
        allowTryItOutFor:
          (/** @type {Function} */ allowed) =>
          (/** @type {unknown} */ state, /** @type {string} */ path, /** @type {string} */ method) =>
            path !== STREAM && allowed(state, path, method),
      },
    },
  },
  wrapComponents: { apiKeyAuth: () => () => React.createElement("p", { className: "session-note" }, SESSION_NOTE) },
});

// @ts-ignore: the bundle, a classic script that is run before this module, defines it.
globalThis.SwaggerUIBundle({
  url: new URL("../api/openapi.json", import.meta.url).pathname,
  dom_id: "#reference",
  plugins: [adapted],
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  // By default, the description of a public host is sent to validator.swagger.io.
  validatorUrl: null,
});
