// @ts-check
/** The axis of a waterfall, its zoom and its ticks. No DOM. */

/** @import { Axis, Piece, View, Wait } from "./types.js" */

/** Share of the work that a wait takes, and that all of them take at most. */
const WAIT = 0.08;
const WAITS = 0.5;
/** The smallest view, in nanoseconds of work. */
const CLOSEST = 1_000;
/** Pixels between ticks, and those that a label needs. */
const TICK = 90;
const LABEL = 62;

/** @param {number} end @param {Wait[]} waits in order @returns {Axis} */
export function axis(end, waits) {
  const waited = waits.reduce((sum, it) => sum + it.to - it.from, 0);
  const work = Math.max(end - waited, 1);
  const short = work * Math.min(WAIT, WAITS / waits.length);
  /** @type {Piece[]} */
  const pieces = [];
  let [time, at] = [0, 0];
  const add = (/** @type {number} */ to, /** @type {number} */ length, /** @type {Wait | null} */ wait) => {
    pieces.push({ from: time, to, at, length, wait });
    [time, at] = [to, at + length];
  };
  for (const wait of waits) {
    if (wait.from > time) add(wait.from, wait.from - time, null);
    add(wait.to, short, wait);
  }
  if (end > time || !pieces.length) add(Math.max(end, time + 1), Math.max(end - time, 1), null);
  return { pieces, length: at };
}

/** Where a time is drawn. @param {Axis} axis @param {number} time */
export function place({ pieces }, time) {
  const piece = pieces.find((it) => time <= it.to) ?? pieces[pieces.length - 1];
  return piece.at + ((time - piece.from) * piece.length) / (piece.to - piece.from);
}

/** What time is drawn there. @param {Axis} axis @param {number} at */
export function timeAt({ pieces }, at) {
  const piece = pieces.find((it) => at <= it.at + it.length) ?? pieces[pieces.length - 1];
  return piece.from + ((at - piece.at) * (piece.to - piece.from)) / piece.length;
}

/**
 * A view within the axis; all of it if it is as long.
 * @param {Axis} axis @param {number} from @param {number} to @returns {View}
 */
export function view({ length }, from, to) {
  const wide = Math.min(Math.max(to - from, Math.min(CLOSEST, length)), length);
  const start = Math.min(Math.max(from + (to - from - wide) / 2, 0), length - wide);
  return { from: start, to: start + wide };
}

/** Shows `1 / factor` of what is seen; what is at `centre` stays there. @param {Axis} axis @param {View} seen @param {number} factor @param {number} [centre] */
export function zoom(axis, seen, factor, centre = (seen.from + seen.to) / 2) {
  const wide = Math.min(Math.max((seen.to - seen.from) / factor, CLOSEST), axis.length);
  const from = centre - ((centre - seen.from) * wide) / (seen.to - seen.from);
  return view(axis, from, from + wide);
}

/** Moves by a share of what is seen. @param {Axis} axis @param {View} seen @param {number} share */
export function pan(axis, { from, to }, share) {
  const wide = to - from;
  const start = Math.min(Math.max(from + wide * share, 0), axis.length - wide);
  return { from: start, to: start + wide };
}

/** The pixel of a time. @param {Axis} axis @param {View} seen @param {number} width @param {number} time */
export function pixel(axis, seen, width, time) {
  return ((place(axis, time) - seen.from) / (seen.to - seen.from)) * width;
}

/**
 * The ticks at round times, about 90 pixels apart, and the waits that are seen. A label that would run into another is empty.
 * @param {Axis} axis @param {View} seen @param {number} width
 */
export function ruler(axis, seen, width) {
  const step = round(((seen.to - seen.from) / width) * TICK);
  const x = (/** @type {number} */ at) => ((at - seen.from) / (seen.to - seen.from)) * width;
  const [waits, ticks] = [/** @type {{x: number, width: number, wait: Wait}[]} */ ([]), /** @type {{x: number, label: string}[]} */ ([])];
  for (const { at, length, wait } of axis.pieces) {
    if (wait && at + length > seen.from && at < seen.to) waits.push({ x: x(at), width: x(at + length) - x(at), wait });
  }
  const free = (/** @type {number} */ from) => waits.every((it) => from + LABEL < it.x || from > it.x + it.width - 1);
  let last = -LABEL;
  for (const piece of axis.pieces.filter((it) => !it.wait)) {
    const [from, to] = [Math.max(piece.at, seen.from), Math.min(piece.at + piece.length, seen.to)];
    if (from >= to) continue;
    const shift = piece.from - piece.at;
    for (let time = Math.ceil((from + shift) / step) * step; time <= to + shift; time += step) {
      const at = x(time - shift);
      const shown = at - last >= LABEL && at + LABEL <= width + 10 && free(at);
      if (shown) last = at;
      ticks.push({ x: at, label: shown ? tick(time, step) : "" });
    }
  }
  return { ticks, waits };
}

/** The next of 1, 2, 5, 10, 20, … that is not smaller; from a minute on, of whole parts of hours. @param {number} ns */
export function round(ns) {
  const long = [60, 120, 300, 600, 900, 1_800, 3_600].map((it) => it * 1e9);
  if (ns > 5e10 && ns <= 3.6e12) return long.find((it) => it >= ns) ?? ns;
  const power = 10 ** Math.floor(Math.log10(Math.max(ns, 1)));
  return power * ([1, 2, 5].find((it) => it * power >= ns) ?? 10);
}

const UNITS = /** @type {[string, number][]} */ ([["h", 3.6e12], ["min", 6e10], ["s", 1e9], ["ms", 1e6], ["µs", 1e3], ["ns", 1]]);

/** A time as exact as the step demands. @param {number} time @param {number} step */
function tick(time, step) {
  if (time === 0) return "0";
  const [unit, size] = UNITS.find((it) => time >= it[1]) ?? ["ns", 1];
  if (unit === "h" || unit === "min") return took(time);
  return `${(time / size).toFixed(Math.max(0, Math.ceil(Math.log10(size / step) - 1e-9)))} ${unit}`;
}

/** A length of time with three digits: `79.0 µs`, `12.3 ms`, `2.61 s`, `3 min 20 s`. @param {number} ns @returns {string} */
export function took(ns) {
  if (ns < 0) return `-${took(-ns)}`;
  const at = UNITS.findIndex((it) => ns >= it[1]);
  const [unit, size] = UNITS[at] ?? ["ns", 1];
  if (size >= 6e10) {
    const [small, part] = UNITS[at + 1];
    const rest = Math.floor((ns % size) / part);
    return `${Math.floor(ns / size)} ${unit}${rest ? ` ${rest} ${small}` : ""}`;
  }
  const value = ns / size;
  return `${value.toFixed(value >= 100 || size === 1 ? 0 : value >= 10 ? 1 : 2)} ${unit}`;
}
