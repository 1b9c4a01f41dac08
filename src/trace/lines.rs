//! The newest log lines by trace id, which `ccm up` keeps in bounded memory for `ccm trace --logs`.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use telemetry::log_line::LogLine;

const LIMITS: Limits = Limits { lines: 50_000, lines_a_trace: 1_000, bytes: 16 * 1024 * 1024 };

/// The log lines of some traces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Lines {
    /// In the order of arrival, trace by trace.
    pub(crate) lines: Vec<LogLine>,
    /// How many more lines arrived and were dropped.
    pub(crate) dropped: usize,
}

/// The newest log lines: at most 50,000 with together 16 MiB, and 1,000 of each trace. The trace whose first line arrived
/// first is evicted first, with all of its lines.
#[derive(Debug)]
pub(crate) struct LineStore {
    limits: Limits,
    kept: Mutex<Kept>,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    lines: usize,
    lines_a_trace: usize,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Kept {
    traces: HashMap<String, OfTrace>,
    /// Trace ids in the order in which their first lines arrived.
    order: VecDeque<String>,
    lines: usize,
    bytes: usize,
}

/// The lines of one trace as they arrived, in JSON.
#[derive(Debug, Default)]
struct OfTrace {
    lines: Vec<String>,
    bytes: usize,
    dropped: usize,
}

impl Default for LineStore {
    fn default() -> Self {
        Self { limits: LIMITS, kept: Mutex::default() }
    }
}

impl LineStore {
    /// Adds a line of a trace, in JSON.
    pub(crate) fn add(&self, trace_id: &str, line: &str) {
        self.kept().add(trace_id, line, self.limits);
    }

    /// The lines of these traces.
    pub(crate) fn of<'a>(&self, trace_ids: impl IntoIterator<Item = &'a str>) -> Lines {
        let (kept, mut found) = (self.kept(), Lines::default());
        for of_trace in trace_ids.into_iter().filter_map(|it| kept.traces.get(it)) {
            found.lines.extend(of_trace.lines.iter().filter_map(|it| serde_json::from_str(it).ok()));
            found.dropped += of_trace.dropped;
        }
        found
    }

    /// How many lines of this trace are kept, and how many were dropped.
    pub(crate) fn count(&self, trace_id: &str) -> (usize, usize) {
        self.kept().traces.get(trace_id).map_or((0, 0), |it| (it.lines.len(), it.dropped))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn add(&mut self, trace_id: &str, line: &str, limits: Limits) {
        if !self.traces.contains_key(trace_id) {
            self.order.push_back(trace_id.to_owned());
        }
        let of_trace = self.traces.entry(trace_id.to_owned()).or_default();
        if of_trace.lines.len() >= limits.lines_a_trace {
            of_trace.dropped += 1;
            return;
        }
        of_trace.lines.push(line.to_owned());
        of_trace.bytes += line.len();
        self.lines += 1;
        self.bytes += line.len();
        while self.lines > limits.lines || self.bytes > limits.bytes {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some(evicted) = self.traces.remove(&oldest) {
                self.lines -= evicted.lines.len();
                self.bytes -= evicted.bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::samples::log_line;

    fn store(lines: usize, lines_a_trace: usize, bytes: usize) -> LineStore {
        LineStore { limits: Limits { lines, lines_a_trace, bytes }, kept: Mutex::default() }
    }

    fn json(message: &str) -> String {
        serde_json::to_string(&log_line("t", "s", message)).unwrap()
    }

    fn messages(store: &LineStore, trace_id: &str) -> Vec<String> {
        store.of([trace_id]).lines.into_iter().map(|it| it.message).collect()
    }

    #[test]
    fn the_trace_whose_first_line_came_first_goes_first_when_there_are_too_many_lines() {
        let store = store(4, 10, 1_000_000);
        for (trace, message) in [("a", "1"), ("b", "2"), ("a", "3"), ("c", "4"), ("c", "5")] {
            store.add(trace, &json(message));
        }
        assert_eq!(messages(&store, "a"), [""; 0]);
        assert_eq!(messages(&store, "b"), ["2"]);
        store.add("b", &json("6"));
        assert_eq!(messages(&store, "b"), ["2", "6"], "the places of what was evicted are free again");
        assert_eq!(messages(&store, "c"), ["4", "5"]);
    }

    #[test]
    fn bytes_are_bounded_too() {
        let line = json("x");
        let store = store(1_000, 1_000, 3 * line.len());
        for trace in ["a", "b", "c", "d"] {
            store.add(trace, &line);
        }
        assert_eq!(store.of(["a", "b", "c", "d"]).lines.len(), 3);
        store.add("e", &json(&"x".repeat(4 * line.len())));
        assert_eq!(store.of(["a", "b", "c", "d", "e"]), Lines::default(), "even one line can be too large");
        let kept = store.kept();
        assert_eq!((kept.traces.len(), kept.order.len(), kept.lines, kept.bytes), (0, 0, 0, 0));
    }

    #[test]
    fn a_trace_with_too_many_lines_counts_what_it_lost() {
        let store = store(1_000, 2, 1_000_000);
        (0..5).for_each(|it| store.add("a", &json(&it.to_string())));
        let found = store.of(["a"]);
        assert_eq!((found.lines.len(), found.dropped), (2, 3));
    }
}
