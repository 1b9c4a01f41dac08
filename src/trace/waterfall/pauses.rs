//! The pauses between pieces of deferred work, and what was waited for.

use std::collections::{BTreeMap, HashSet};

use telemetry::otlp::{Span, SpanKind};
use telemetry::semconv::CCM_WAIT_REASON;

use super::text::clean;
use super::tree::by_start;
use crate::trace::store::is_lifecycle;

/// A shorter pause is not shown.
const MIN_PAUSE: u64 = 100_000_000;

/// A time in which nothing ran.
#[derive(Debug)]
pub(super) struct Pause<'a> {
    /// Nanoseconds since 1970.
    pub(super) from: u64,
    pub(super) to: u64,
    /// What was waited for, in words.
    pub(super) reason: Option<String>,
    /// The work that ended the pause.
    pub(super) before: &'a Span,
}

/// The pauses between spans, in order.
#[derive(Debug)]
pub(super) struct Pauses<'a> {
    pub(super) list: Vec<Pause<'a>>,
    /// What is waited for after the last span, in words.
    pub(super) pending: Option<String>,
}

/// Finds the pauses that were ended by deferred work or by a span without a parent. Another span that begins long after
/// all others have ended is late, but nobody waited for it.
pub(super) fn find<'a>(spans: impl IntoIterator<Item = &'a Span>) -> Pauses<'a> {
    let spans = by_start(spans.into_iter().filter(|it| !is_lifecycle(it)));
    let ids: HashSet<&str> = spans.iter().map(|it| it.span_id.as_str()).collect();
    let (mut list, mut together, mut end) = (Vec::new(), Vec::new(), None);
    for span in spans {
        let begins_work = is_work(span) || !ids.contains(span.parent_id.as_str());
        let from = end.unwrap_or(span.start);
        if begins_work && span.start.saturating_sub(from) > MIN_PAUSE {
            list.push(Pause { from, to: span.start, reason: reason(&together), before: span });
            together.clear();
        }
        together.push(span);
        end = Some(from.max(span.end));
    }
    Pauses { list, pending: reason(&together) }
}

/// Whether a span can be deferred work by its kind: calls, statements and their servers are parts of other spans.
fn is_work(span: &Span) -> bool {
    match span.kind {
        SpanKind::Consumer => true,
        SpanKind::Internal => !span.attributes.contains_key("db.system.name"),
        _ => false,
    }
}

/// What is waited for after spans without a pause between them: each service's last piece of work says so. The machine's
/// state says more than that task-service waits for the outcome.
fn reason(together: &[&Span]) -> Option<String> {
    let said = |it: &Span| it.attributes.get(CCM_WAIT_REASON).map(ToString::to_string);
    let mut work: Vec<&Span> = together.to_vec();
    work.retain(|it| is_work(it) || said(it).is_some());
    work.sort_by_key(|it| it.end);
    let last: BTreeMap<&str, &Span> = work.into_iter().map(|it| (it.service.as_str(), it)).collect();
    let mut reasons: Vec<(u64, String)> = last.values().filter_map(|it| Some((it.end, said(it)?))).collect();
    reasons.sort_by_key(|(end, reason)| (reason != "outcome", *end));
    reasons.pop().map(|(_, reason)| in_words(&reason))
}

fn in_words(reason: &str) -> String {
    match reason {
        "starting" => "the machine is starting",
        "stopping" => "the machine is stopping",
        "shutting_down" => "the machine is being terminated",
        "not_yet_visible" => "the provider does not show the new machine yet",
        "missing" => "the provider does not find the machine",
        "retry" => "pause before the next attempt",
        "outcome" => "task-service waits for the outcome",
        "slot" => "all slots for actions are taken",
        other => return clean(&other.replace('_', " ")),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::samples::{named, request, span, with};

    const SECOND: u64 = 1_000_000;

    fn turn(at: u64, reason: &str) -> Span {
        let id = format!("turn{at}");
        let span = span("t", &id, "request", at..at + 9_000);
        let span = named(span, "worker-service", SpanKind::Consumer, "reconcile");
        if reason.is_empty() { span } else { with(span, CCM_WAIT_REASON, reason) }
    }

    fn execute(at: u64, reason: &str) -> Span {
        let span = Span { span_id: "execute".to_owned(), ..turn(at, reason) };
        named(span, "task-service", SpanKind::Consumer, "task.execute")
    }

    fn said(spans: &[Span]) -> (Vec<Option<String>>, Option<String>) {
        let found = find(spans);
        (found.list.into_iter().map(|it| it.reason).collect(), found.pending)
    }

    #[test]
    fn a_pause_is_explained_by_the_last_work_before_it() {
        let spans = [request("t", 0..9), turn(SECOND, "starting"), turn(4 * SECOND, "")];
        assert_eq!(said(&spans), (vec![None, Some("the machine is starting".to_owned())], None));
        let spans = [request("t", 0..9), turn(100, "stopping"), turn(9_500, "retry"), turn(20_000, "")];
        assert_eq!(said(&spans), (Vec::new(), None));
        assert_eq!(said(&spans[..3]).1.as_deref(), Some("pause before the next attempt"));
    }

    #[test]
    fn the_state_of_the_machine_says_more_than_the_wait_for_the_outcome() {
        let spans =
            [request("t", 0..9), execute(90_000, "outcome"), turn(95_000, "stopping"), turn(SECOND, "")];
        assert_eq!(said(&spans).0, [Some("the machine is stopping".to_owned())]);
        let spans = [execute(90_000, "outcome"), turn(95_000, ""), turn(SECOND, "")];
        assert_eq!(said(&spans).0, [Some("task-service waits for the outcome".to_owned())]);
    }

    #[test]
    fn short_pauses_late_spans_and_the_life_of_a_task_do_not_count() {
        let late = span("t", "late", "request", 5 * SECOND..6 * SECOND);
        let late = named(late, "worker-service", SpanKind::Server, "GetWorker");
        let life = span("t", "life", "", 0..9 * SECOND);
        let life = named(life, "task-service", SpanKind::Internal, "task.lifecycle");
        assert!(find(&[request("t", 0..9), turn(100_009, "retry"), late]).list.is_empty());
        assert_eq!(find(&[life, request("t", 0..9), turn(100_010, "retry")]).list.len(), 1);
    }

    #[test]
    fn the_completion_of_a_task_ends_the_wait_for_its_outcome() {
        let complete = span("t", "complete", "request", SECOND..SECOND + 9);
        let complete = named(complete, "task-service", SpanKind::Internal, "task.complete");
        let spans = [request("t", 0..9), execute(9, "outcome"), complete.clone()];
        assert_eq!(said(&spans), (vec![Some("task-service waits for the outcome".to_owned())], None));
        let spans = [execute(SECOND - 9_999, "outcome"), complete];
        assert_eq!(said(&spans), (Vec::new(), None));
    }

    #[test]
    fn an_unknown_reason_is_shown_as_it_is() {
        assert_eq!(in_words("dusk_\x1b"), "dusk \\u{1b}");
    }
}
