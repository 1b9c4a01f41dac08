// @ts-check
/** Loads the style sheet of the views of traces. A module that imports this one runs when the style sheet is there. */

const link = document.createElement("link");
link.rel = "stylesheet";
link.href = new URL("traces.css", import.meta.url).pathname;
await new Promise((done) => {
  link.onload = link.onerror = done;
  document.head.append(link);
});
