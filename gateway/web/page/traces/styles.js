// @ts-check
/** Loads the style sheets of the views of traces. A module that imports this one runs when they are there. */

const SHEETS = ["traces.css", "waterfall.css", "span.css", "list.css"];

/** @param {string} name */
async function load(name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(name, import.meta.url).pathname;
  const loaded = new Promise((done) => {
    link.onload = link.onerror = done;
  });
  document.head.append(link);
  await loaded;
}
await Promise.all(SHEETS.map(load));
