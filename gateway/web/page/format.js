// @ts-check
/** Times, durations, ids and statuses as people read them. No DOM. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A length of time in at most two units: `340 ms`, `4.2 s`, `3 min 20 s`, `2 d 4 h`.
 * @param {number} ms
 */
export function duration(ms) {
  if (ms < 1) return `${Number(ms.toPrecision(2))} ms`;
  if (ms < SECOND) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${Number((ms / SECOND).toFixed(1))} s`;
  const seconds = Math.round(ms / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return two(Math.floor(seconds / 60), "min", seconds % 60, "s");
  if (ms < DAY) return two(Math.floor(seconds / 3_600), "h", Math.floor((seconds % 3_600) / 60), "min");
  return two(Math.floor(ms / DAY), "d", Math.floor((ms % DAY) / HOUR), "h");
}

/** @param {number} a @param {string} unit @param {number} b @param {string} small */
function two(a, unit, b, small) {
  return b ? `${a} ${unit} ${b} ${small}` : `${a} ${unit}`;
}

/**
 * How long ago, or how far ahead, a time is: `now`, `12 s ago`, `in 3 min`.
 * @param {string} iso @param {number} [now] milliseconds since 1970
 */
export function relative(iso, now = Date.now()) {
  const ms = now - Date.parse(iso);
  const away = Math.abs(ms);
  if (away < SECOND) return "now";
  const [unit, name] = away < MINUTE ? [SECOND, "s"] : away < HOUR ? [MINUTE, "min"] : away < DAY ? [HOUR, "h"] : [DAY, "d"];
  const text = `${Math.floor(away / unit)} ${name}`;
  return ms < 0 ? `in ${text}` : `${text} ago`;
}

const EXACT = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "long",
});
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

/** The date, time and time zone, with milliseconds. @param {string} iso */
export function exact(iso) {
  const date = new Date(iso);
  return `${EXACT.format(date)} (.${String(date.getMilliseconds()).padStart(3, "0")})`;
}

/** The time of day with milliseconds: `14:03:21.408`. @param {string | number} time */
export function clock(time) {
  const date = new Date(time);
  return `${CLOCK.format(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** The random end of a UUID, or the beginning of a trace id. @param {string} id */
export function shortId(id) {
  return id.includes("-") ? id.slice(-8) : id.slice(0, 8);
}

/** @param {string} text */
export function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `in_progress` as `In progress`. @param {string} name */
export function words(name) {
  return capitalized(name.replaceAll("_", " "));
}

/** `1 task`, `2 tasks`, `12,000 tasks`. @param {number} n @param {string} noun */
export function count(n, noun) {
  return `${number(n)} ${noun}${n === 1 ? "" : "s"}`;
}

const NUMBER = new Intl.NumberFormat("en");

/** @param {number} n */
export function number(n) {
  return NUMBER.format(n);
}

/** @type {Record<string, "ok" | "busy" | "warn" | "bad" | "idle">} */
const TONES = {
  running: "ok",
  completed: "ok",
  converged: "ok",
  live: "ok",
  pending: "busy",
  in_progress: "busy",
  stopping: "busy",
  shutting_down: "busy",
  starting: "busy",
  retrying: "warn",
  unknown: "warn",
  superseded: "idle",
  failed: "bad",
  error: "bad",
};

/** The tone in which a status is shown. @param {string} status */
export function tone(status) {
  return TONES[status] ?? "idle";
}
