// The parts of the views of traces that need no browser.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pace } from "../../gateway/web/page/traces/pace.js";
import { axis, pan, pixel, place, round, ruler, timeAt, took, view, zoom } from "../../gateway/web/page/traces/scale.js";
import { busy, colours, model, rows } from "../../gateway/web/page/traces/tree.js";

const BASE = 1_795_709_997_016_000_000n;
const MS = 1e6;

/** A span from `start` to `end`, in milliseconds. */
function span(id, parent, start, end, more = {}) {
  const at = (ms) => String(BASE + BigInt(Math.round(ms * MS)));
  const status = { code: "unset", message: "" };
  return { span_id: id, parent_span_id: parent, name: id, kind: "internal", service: "gateway", start: at(start), end: at(end), status, ...more };
}

function one(...spans) {
  return model({ traces: [{ trace_id: "t", complete: true, dropped: 0, spans, critical_path: [] }], logs: [], logs_dropped: 0 });
}

function drawn(model, options = {}) {
  return rows(model, { byService: false, closed: new Set(), ...options }).map(
    (it) => `${"  ".repeat(it.level - 1)}${it.span?.name ?? it.service ?? it.note ?? (it.missing ? `${it.missing}?` : it.trace.id)}`,
  );
}

test("spans stand below their parent in the order of their start, whatever the order of arrival", () => {
  const all = [span("b1", "b", 3, 4), span("b", "a", 2, 8), span("a", null, 0, 9), span("c", "a", 1, 2)];
  assert.deepEqual(drawn(one(...all)), ["a", "  c", "  b", "    b1"]);
  const [, , row] = rows(one(...all), { byService: false, closed: new Set(["t:b"]) });
  assert.deepEqual([row.open, row.at, row.of, row.up], [false, 2, 2, 0]);
  assert.deepEqual(drawn(one(...all), { closed: new Set(["t:b"]) }), ["a", "  c", "  b"]);
});

test("spans whose parent is missing stand together below a row that says so", () => {
  const lost = { missing_parent: true };
  const all = [span("a", null, 0, 9), span("x", "gone", 1, 2, lost), span("y", "other", 3, 4, lost), span("z", "gone", 5, 6, lost)];
  assert.deepEqual(drawn(one(...all)), ["a", "gone?", "  x", "  z", "other?", "  y"]);
});

test("a span of the caller is not waited for", () => {
  assert.deepEqual(drawn(one(span("a", "outside", 0, 9, { remote_parent: true }))), ["a"]);
});

test("each span is shown once, even if it is its own ancestor, or two have one id", () => {
  assert.deepEqual(drawn(one(span("a", "b", 0, 9), span("b", "a", 1, 2), span("c", "c", 3, 4))), ["b", "  a", "c"]);
  const twice = rows(one(span("a", null, 0, 9), span("a", null, 1, 2)), { byService: false, closed: new Set() });
  assert.equal(new Set(twice.map((it) => it.key)).size, 2);
});

test("by service, each has a lane with its spans in the order of their start", () => {
  const other = { service: "task-service" };
  const all = [span("a", null, 0, 9), span("b", "a", 1, 8, other), span("c", "b", 2, 3), span("d", "a", 4, 5, other)];
  assert.deepEqual(drawn(one(...all), { byService: true }), ["gateway", "  a", "  c", "task-service", "  b", "  d"]);
});

test("a story has a section for each trace, and says what connects it with those before", () => {
  const links = [{ trace_id: "t1", span_id: "a", attributes: [] }];
  const first = { trace_id: "t1", complete: true, dropped: 0, spans: [span("a", null, 0, 9)] };
  const second = { trace_id: "t2", complete: true, dropped: 0, spans: [span("b", null, 20, 29, { links })] };
  assert.deepEqual(drawn(model({ traces: [first, second] })), ["t1", "  a", "t2", "  b is linked to a of 1", "  b"]);
});

test("the filled parts of a bar are those in which no child ran", () => {
  const { spans } = one(span("a", null, 0, 10), span("b", "a", 2, 4), span("c", "a", 3, 5), span("d", "a", 8, 12));
  assert.deepEqual(spans.get("t:a").own, [[0, 2 * MS], [5 * MS, 8 * MS]]);
  assert.deepEqual(busy([...spans.values()]), [[0, 12 * MS]]);
});

test("nanoseconds are not lost to the size of their number", () => {
  const { spans } = one(span("a", null, 0, 1), { ...span("b", "a", 0, 1), start: String(BASE + 7n) });
  assert.equal(spans.get("t:b").start, 7);
});

test("a service has the same colour in each trace, and two in one trace differ while there are colours", () => {
  assert.deepEqual([...colours(["worker-service", "gateway"]).values()], [3, 1]);
  const all = colours(["gateway", "billing", "inventory", "odd", "task-service", "worker-service"]);
  assert.equal(new Set(all.values()).size, 6);
  assert.equal(colours(["a", "b", "c", "d", "e"]).size, 5);
});

/** A request of 10 ms, a wait of 2 s for the machine, 10 ms of work; and the life of the task over all of it. */
function waited() {
  const turn = { kind: "consumer", service: "worker-service" };
  const reason = { attributes: [{ key: "ccm.wait.reason", value: "stopping" }] };
  return one(span("a", null, 0, 10), span("task.lifecycle", "a", 0, 2_020), span("b", "a", 5, 10, { ...turn, ...reason }), span("c", "a", 2_010, 2_020, turn));
}

test("a long wait is drawn short, and says what was waited for", () => {
  const { waits, end } = waited();
  assert.deepEqual(waits, [{ from: 10 * MS, to: 2_010 * MS, reason: "the machine is stopping" }]);
  const cut = axis(end, waits);
  const width = (from, to) => pixel(cut, { from: 0, to: cut.length }, 1_000, to * MS) - pixel(cut, { from: 0, to: cut.length }, 1_000, from * MS);
  assert.ok(width(0, 10) > 400 && Math.abs(width(0, 10) - width(2_010, 2_020)) < 1e-6, "work is drawn to one scale");
  assert.ok(width(10, 2_010) < 100);
  for (const time of [0, 5, 10, 700, 2_010, 2_020]) assert.ok(Math.abs(timeAt(cut, place(cut, time * MS)) - time * MS) < 1);
});

test("a short pause, or one that is short beside the work, is not cut", () => {
  assert.deepEqual(one(span("a", null, 0, 10), span("b", null, 60, 70)).waits, []);
  assert.deepEqual(one(span("a", null, 0, 5_000), span("b", null, 5_500, 9_000)).waits, []);
});

test("a zoom keeps what is below the pointer, and never leaves the axis", () => {
  const whole = axis(100 * MS, []);
  const near = zoom(whole, { from: 0, to: whole.length }, 4, 80 * MS);
  assert.deepEqual([near.from, near.to], [60 * MS, 85 * MS]);
  assert.deepEqual(zoom(whole, near, 1 / 100), { from: 0, to: 100 * MS });
  assert.deepEqual(pan(whole, near, 9), { from: 75 * MS, to: 100 * MS });
  const closest = view(whole, 50 * MS, 50 * MS);
  assert.equal(closest.to - closest.from, 1_000);
});

test("ticks stand at round times, also behind a wait", () => {
  const { waits, end } = waited();
  const cut = axis(end, waits);
  const all = ruler(cut, { from: 0, to: cut.length }, 1_000);
  assert.deepEqual(all.ticks.map((it) => it.label).filter(Boolean), ["0", "2 ms", "4 ms", "6 ms", "8 ms", "2.010 s", "2.012 s", "2.014 s", "2.016 s", "2.018 s"]);
  assert.equal(all.waits.length, 1);
  assert.deepEqual([1, 3, 70, 2.1e9, 6e10, 7e10, 4e12].map(round), [1, 5, 100, 5e9, 6e10, 1.2e11, 5e12]);
});

test("lengths of time have three digits", () => {
  const texts = [0, 950, 79_400, 13.11 * MS, 999 * MS, 2.61e9, 200e9, 3.9e12].map(took);
  assert.deepEqual(texts, ["0 ns", "950 ns", "79.4 µs", "13.1 ms", "999 ms", "2.61 s", "3 min 20 s", "1 h 5 min"]);
});

test("a trace is read each second while it arrives, then seldom, then no more", () => {
  const at = (complete) => (quiet) => pace({ complete, quiet, error: null });
  assert.deepEqual([0, 29_000, 31_000, 89_000, 91_000].map(at(true)), [1_000, 1_000, 5_000, 5_000, null]);
  assert.deepEqual([0, 299_000, 301_000].map(at(false)), [1_000, 1_000, 5_000]);
});

test("a failed read is repeated where that may help", () => {
  const after = (status, type = "urn:x:problem:trace-not-found", retryable = false) => (quiet) =>
    pace({ complete: false, quiet, error: { status, type, retryable } });
  assert.deepEqual([0, 59_000, 61_000].map(after(404)), [1_000, 1_000, null]);
  assert.deepEqual([0].map(after(404, "urn:x:problem:traces-not-kept")), [null]);
  assert.deepEqual([0, 1e9].map(after(503)), [5_000, 5_000]);
  assert.deepEqual([0].map(after(0, "", true)), [5_000]);
  assert.deepEqual([400, 401, 403].map((status) => after(status)(0)), [null, null, null]);
});
