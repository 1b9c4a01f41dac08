// @ts-check
/** What keys, the wheel and drags do in the waterfall. */

import { pan, view } from "./scale.js";

/** @import { Waterfall } from "./trace.js" */

/** A shorter drag is a click, in pixels. */
const DRAG = 5;

/** @param {KeyboardEvent} event @param {Record<string, () => void>} acts */
export function act(event, acts) {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(acts, event.key)) return;
  event.preventDefault();
  acts[event.key]();
}

/** @param {Waterfall} it */
function zooms(it) {
  const [nearer, farther] = [() => it.zoom(2), () => it.zoom(1 / 2)];
  return { "+": nearer, "=": nearer, "-": farther, 0: () => it.show(null) };
}

/** Keys of the rows. @param {Waterfall} it @param {KeyboardEvent} event */
export function onRowKey(it, event) {
  const row = it.rows[it.focus];
  const to = (/** @type {number} */ at) => () => it.go(at);
  const page = Math.floor(innerHeight / it.height / 1.5);
  const move = (/** @type {number} */ share) => it.show(pan(it.axis, it.seen, share));
  const enter = () => it.enter(row);
  act(event, {
    ArrowDown: to(it.focus + 1),
    ArrowUp: to(it.focus - 1),
    PageDown: to(it.focus + page),
    PageUp: to(it.focus - page),
    Home: to(0),
    End: to(it.rows.length),
    ArrowRight: () => (event.shiftKey ? move(0.2) : row.open ? it.go(it.focus + 1) : row.open === false && it.fold()),
    ArrowLeft: () => (event.shiftKey ? move(-0.2) : row.open ? it.fold() : row.up >= 0 && it.go(row.up)),
    Enter: enter,
    " ": enter,
    z: () => it.zoomTo(row),
    ...zooms(it),
  });
}

/** Keys of the overview. @param {Waterfall} it @param {KeyboardEvent} event */
export function onMapKey(it, event) {
  const move = (/** @type {number} */ share) => () => it.show(pan(it.axis, it.seen, share));
  act(event, { ArrowRight: move(0.2), ArrowLeft: move(-0.2), PageDown: move(1), PageUp: move(-1), Home: move(-1e9), End: move(1e9), ...zooms(it) });
}

/** With Ctrl, the wheel zooms around the pointer; sideways, it moves. @param {Waterfall} it @param {WheelEvent} event */
export function onWheel(it, event) {
  const { left, width } = /** @type {Element} */ (it.root.querySelector(".ruler")).getBoundingClientRect();
  const { from, to } = it.seen;
  if (event.ctrlKey || event.metaKey) it.zoom(2 ** (-event.deltaY / 200), from + ((event.clientX - left) / width) * (to - from));
  else if (it.zoomed && Math.abs(event.deltaX) > Math.abs(event.deltaY)) it.show(pan(it.axis, it.seen, event.deltaX / width));
  else return;
  event.preventDefault();
}

/** Zooms to what is dragged over, on the ruler or on the overview. @param {Waterfall} it @param {PointerEvent} event */
export function onDrag(it, event) {
  if (event.button) return;
  const area = /** @type {HTMLElement} */ (event.currentTarget);
  const whole = area.className === "minimap";
  const { left, width } = area.getBoundingClientRect();
  const at = (/** @type {PointerEvent} */ { clientX }) => Math.min(Math.max(clientX - left, 0), width);
  const begin = at(event);
  const done = new AbortController();
  const { signal } = done;
  area.setPointerCapture(event.pointerId);
  const move = (/** @type {PointerEvent} */ event) => {
    const [from, to] = [begin, at(event)].sort((a, b) => a - b);
    it.drag = to - from > DRAG ? { whole, from, to } : null;
    it.soon();
  };
  const end = (/** @type {PointerEvent} */ { type }) => {
    done.abort();
    const { from, to } = whole ? { from: 0, to: it.axis.length } : it.seen;
    const time = (/** @type {number} */ x) => from + (x / width) * (to - from);
    if (it.drag && type === "pointerup") it.show(view(it.axis, time(it.drag.from), time(it.drag.to)));
    it.drag = null;
    it.soon();
  };
  area.addEventListener("pointermove", move, { signal });
  area.addEventListener("pointerup", end, { signal });
  area.addEventListener("pointercancel", end, { signal });
}
