// @ts-check
/** The order, rows and waits of spans. No DOM. */

/** @import { Attribute, Model, Part, Row, Span, Trace, Wait } from "./types.js" */

/** A shorter wait is not cut. */
const SHORTEST_WAIT = 1e8;
/** Covers the whole life of a task, waits included. */
const LIFE = "task.lifecycle";
const KNOWN = ["gateway", "task-service", "worker-service"];
const COLOURS = 6;

/** @param {string} traceId @param {string} spanId */
export function keyOf(traceId, spanId) {
  return `${traceId}:${spanId}`;
}

/** @param {any} answer of `GET /api/traces/{id}` @returns {Model} */
export function model(answer) {
  const all = answer.traces.flatMap((/** @type {any} */ it) => it.spans);
  let base = all.length ? BigInt(all[0].start) : 0n;
  for (const it of all) if (BigInt(it.start) < base) base = BigInt(it.start);
  /** @type {Map<string, Span>} */
  const spans = new Map();
  const traces = answer.traces.map((/** @type {any} */ it) => traceOf(it, base, spans));
  const list = traces.flatMap((/** @type {Trace} */ it) => it.spans);
  for (const [at, trace] of traces.entries()) trace.after = connections(traces, at, spans);
  return {
    base,
    end: longest(list),
    traces,
    spans,
    services: colours(list.sort(byStart).map((/** @type {Span} */ it) => it.service)),
    waits: waits(list),
    logs: answer.logs ?? [],
    logsDropped: answer.logs_dropped ?? 0,
    leftOut: answer.left_out ?? 0,
    since: answer.since ?? null,
  };
}

/** @param {Span[]} spans */
function longest(spans) {
  return spans.reduce((end, it) => Math.max(end, it.end), 0);
}

/** @param {any} raw @param {bigint} base @param {Map<string, Span>} spans @returns {Trace} */
function traceOf(raw, base, spans) {
  const id = raw.trace_id;
  const own = raw.spans.map((/** @type {any} */ it) => spanOf(it, id, base, spans)).sort(byStart);
  /** @type {Span[]} */
  const tops = [];
  for (const span of own) {
    const parent = span.parentId ? spans.get(keyOf(id, span.parentId)) : undefined;
    if (parent && parent !== span && !isBelow(parent, span)) {
      span.parent = parent;
      parent.children.push(span);
    } else tops.push(span);
  }
  for (const span of own) span.own = span.name === LIFE ? [] : rest(span);
  for (const it of raw.critical_path ?? []) {
    spans.get(keyOf(id, it.span_id))?.critical.push([Number(BigInt(it.start) - base), Number(BigInt(it.end) - base)]);
  }
  const { complete = true, dropped = 0 } = raw;
  return { id, complete, dropped, spans: own, tops, start: own[0]?.start ?? 0, end: longest(own), after: [] };
}

/** @param {any} raw @param {string} traceId @param {bigint} base @param {Map<string, Span>} spans @returns {Span} */
function spanOf(raw, traceId, base, spans) {
  let key = keyOf(traceId, raw.span_id);
  while (spans.has(key)) key += "'";
  const at = (/** @type {string} */ time) => Number((/^\d+$/.test(time) ? BigInt(time) : BigInt(Date.parse(time)) * 1_000_000n) - base);
  const [start, attributes] = [at(raw.start), raw.attributes ?? []];
  const end = Math.max(start, at(raw.end));
  const attribute = (/** @type {string} */ key) => String(attributes.find((/** @type {Attribute} */ it) => it.key === key)?.value ?? "");
  /** @type {Span} */
  const span = {
    key,
    traceId,
    id: raw.span_id,
    parentId: raw.parent_span_id ?? "",
    name: raw.name,
    kind: String(raw.kind).toLowerCase(),
    service: raw.service,
    instance: raw.instance ?? "",
    start,
    end,
    self: (raw.self_ms ?? 0) * 1e6,
    error: raw.status?.code === "error",
    message: raw.status?.message ?? "",
    attributes,
    events: (raw.events ?? []).map((/** @type {any} */ it) => ({ name: it.name, at: at(it.time), attributes: it.attributes ?? [] })),
    links: raw.links ?? [],
    missing: raw.missing_parent === true,
    remote: raw.remote_parent === true,
    parent: null,
    children: [],
    own: [],
    critical: [],
    code: attribute("http.response.status_code") || attribute("rpc.status_code").replace(/^(OK|0)$/, ""),
    wait: inWords(attribute("ccm.wait.reason")),
  };
  spans.set(key, span);
  return span;
}

/** Of those that start together, the longest first. @param {Span} a @param {Span} b */
function byStart(a, b) {
  return a.start - b.start || b.end - a.end;
}

/** @param {Span} span @param {Span} above */
function isBelow(span, above) {
  /** @type {Span | null} */
  let at = span;
  while (at && at !== above) at = at.parent;
  return at === above;
}

/** The parts of a span in which none of its children ran. @param {Span} span @returns {Part[]} */
function rest({ start, end, children }) {
  /** @type {Part[]} */
  const parts = [];
  let from = start;
  for (const it of children) {
    if (it.start > from) parts.push([from, Math.min(it.start, end)]);
    from = Math.max(from, it.end);
    if (from >= end) return parts;
  }
  return [...parts, [from, end]];
}

/** The times in which at least one of the spans ran. @param {Span[]} spans @returns {Part[]} */
export function busy(spans) {
  /** @type {Part[]} */
  const parts = [];
  for (const { name, start, end } of [...spans].sort(byStart)) {
    if (name === LIFE && spans.length > 1) continue;
    const last = parts[parts.length - 1];
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else parts.push([start, end]);
  }
  return parts;
}

/**
 * The number of the colour of each service, from 1. The services of this product have the first ones in every trace.
 * @param {string[]} services
 */
export function colours(services) {
  /** @type {Map<string, number>} */
  const found = new Map();
  const free = COLOURS - KNOWN.length;
  for (const it of services) {
    if (found.has(it)) continue;
    const others = [...found.values()].filter((it) => it > KNOWN.length);
    let at = [...it].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % free;
    while (others.length < free && others.includes(KNOWN.length + 1 + at)) at = (at + 1) % free;
    const known = KNOWN.indexOf(it);
    found.set(it, known < 0 ? KNOWN.length + 1 + at : known + 1);
  }
  return found;
}

/** The waits that are long beside the work. @param {Span[]} sorted by start @returns {Wait[]} */
function waits(sorted) {
  const work = sorted.filter((it) => it.name !== LIFE);
  if (!work.length) return [];
  /** @type {Wait[]} */
  const found = [];
  /** @type {Span[]} */
  let together = [];
  let [end, worked] = [work[0].start, 0];
  for (const span of work) {
    if (span.start > end) {
      found.push({ from: end, to: span.start, reason: reason(together) });
      together = [];
    }
    worked += Math.max(0, span.end - Math.max(span.start, end));
    end = Math.max(end, span.end);
    together.push(span);
  }
  return found.filter((it) => it.to - it.from > Math.max(SHORTEST_WAIT, worked / 4));
}

/** What is waited for after these spans: what the last work of each service says; the machine says more than who waits for it. @param {Span[]} spans */
function reason(spans) {
  const said = new Map();
  for (const it of [...spans].sort((a, b) => a.end - b.end)) if (it.kind === "consumer" || it.wait) said.set(it.service, it.wait);
  const reasons = [...said.values()].filter(Boolean);
  return reasons.find((it) => it !== REASONS.outcome) ?? reasons[0] ?? "";
}

/** @type {Record<string, string>} */
const REASONS = {
  starting: "the machine is starting",
  stopping: "the machine is stopping",
  shutting_down: "the machine is being terminated",
  not_yet_visible: "the provider does not show the new machine yet",
  missing: "the provider does not find the machine",
  retry: "pause before the next attempt",
  outcome: "task-service waits for the outcome",
  slot: "all slots for actions are taken",
};

/** @param {string} reason a `ccm.wait.reason` */
function inWords(reason) {
  return REASONS[reason] ?? reason.replaceAll("_", " ");
}

/**
 * The links between a trace of a story and those before it, in words.
 * @param {Trace[]} traces @param {number} at @param {Map<string, Span>} spans
 */
function connections(traces, at, spans) {
  const number = (/** @type {string} */ id) => traces.findIndex((it) => it.id === id);
  const found = new Set();
  const add = (/** @type {Span} */ span, /** @type {boolean} */ from) => {
    for (const { trace_id, span_id } of span.links) {
      const other = from ? number(trace_id) : number(span.traceId);
      if (from ? other < 0 || other >= at : trace_id !== traces[at].id) continue;
      const target = spans.get(keyOf(trace_id, span_id))?.name ?? "a span that has not arrived";
      found.add(from ? `${span.name} is linked to ${target} of ${other + 1}` : `${span.name} of ${other + 1} is linked to ${target}`);
    }
  };
  for (const it of traces[at].spans) add(it, true);
  for (const before of traces.slice(0, at)) for (const it of before.spans) add(it, false);
  return [...found];
}

/**
 * The rows that are shown: the tree of each trace, or its services with their spans below.
 * @param {Model} model @param {{byService: boolean, closed: Set<string>}} options
 */
export function rows(model, { byService, closed }) {
  /** @type {Row[]} */
  const list = [];
  /** @typedef {{row: Partial<Row> & {key: string}, below: () => Item[]}} Item */
  const walk = (/** @type {Item[]} */ items, /** @type {number} */ level, /** @type {number} */ up) => {
    for (const [at, { row, below }] of items.entries()) {
      const children = below();
      const open = children.length ? !closed.has(row.key) : null;
      list.push({ spans: [], ...row, level, open, at: at + 1, of: items.length, up });
      if (open) walk(children, level + 1, list.length - 1);
    }
  };
  /** @type {(span: Span) => Item} */
  const spanItem = (span) => ({ row: { key: span.key, span }, below: () => span.children.map(spanItem) });
  /** @returns {Item[]} */
  const treeOf = (/** @type {Trace} */ trace) => {
    /** @type {Map<string, Span[]>} */
    const lost = new Map();
    for (const it of trace.tops) if (it.missing) lost.set(it.parentId, [...(lost.get(it.parentId) ?? []), it]);
    /** @type {(id: string, spans: Span[]) => Item} */
    const missing = (id, spans) => {
      const key = `${keyOf(trace.id, id)}?`;
      return { row: { key, missing: id, spans }, below: () => spans.map(spanItem) };
    };
    return trace.tops.flatMap((it) => {
      const spans = lost.get(it.parentId);
      return !it.missing || !spans ? [spanItem(it)] : spans[0] === it ? [missing(it.parentId, spans)] : [];
    });
  };
  /** @returns {Item[]} */
  const lanesOf = (/** @type {Trace} */ trace) =>
    [...new Set(trace.spans.map((it) => it.service))].map((service) => {
      const spans = trace.spans.filter((it) => it.service === service);
      return { row: { key: `${trace.id}/${service}`, service, spans }, below: () => spans.map((it) => ({ row: { key: it.key, span: it }, below: () => [] })) };
    });
  /** @type {(trace: Trace) => Item[]} */
  const notesOf = (trace) => trace.after.map((note, at) => ({ row: { key: `${trace.id}~${at}`, note }, below: () => [] }));
  const of = byService ? lanesOf : treeOf;
  if (model.traces.length === 1) walk(of(model.traces[0]), 1, -1);
  else walk(model.traces.map((trace) => ({ row: { key: trace.id, trace, spans: trace.spans }, below: () => [...notesOf(trace), ...of(trace)] })), 1, -1);
  return list;
}

/** Opens what hides a row. @param {Span} span @param {Set<string>} closed */
export function reveal(span, closed) {
  closed.delete(span.traceId);
  closed.delete(`${span.traceId}/${span.service}`);
  for (let it = /** @type {Span | null} */ (span); it; it = it.parent) {
    closed.delete(it.parent?.key ?? `${keyOf(it.traceId, it.parentId)}?`);
  }
}
