//! The metrics of an event log. An event is counted after the commit of its transaction.

use net::places::Places;
use telemetry::metrics::{Counter, Definition, KeyValue, Kind, Latest, Observable};
use telemetry::semconv::CCM_EVENT_TYPE;

use crate::backlog::Backlog;
use crate::subject::SubjectKind;
use crate::turns::Subscriber;

static APPENDED: Counter = Counter::new(
    "cml_cloud_manager.events.appended",
    "{event}",
    "Events that this process has written to the log, counted after the commit.",
    &[CCM_EVENT_TYPE],
);
static UNNUMBERED: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.event_log.unnumbered",
    "{event}",
    "Committed events that have no position yet and are not shown to watches; 10,000 at most are counted.",
    &[],
);
static LAG: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.event_log.lag",
    "s",
    "Time since the change of the oldest event without a position; 0 if there is none.",
    &[],
);
static WATCHES: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.event_log.watches",
    "{watch}",
    "Event streams that this process serves to other processes.",
    &[],
);

/// The instruments of this crate, in the order of docs/metrics.md.
#[must_use]
pub fn definitions() -> Vec<&'static Definition> {
    vec![APPENDED.definition(), UNNUMBERED.definition(), LAG.definition(), WATCHES.definition()]
}

/// Makes the counters of all types of events with 0.
pub(crate) fn start(kinds: &[&'static SubjectKind]) {
    for kind in kinds.iter().flat_map(|it| it.events) {
        APPENDED.add(0, &[KeyValue::new(CCM_EVENT_TYPE, *kind)]);
    }
}

/// Observes what has no position yet, until the process ends.
pub(crate) fn observe_backlog(backlog: &Latest<Backlog>) {
    let of = backlog.clone();
    UNNUMBERED.observe(move |to| of.read(|it| to.observe(it.events, &[])));
    let of = backlog.clone();
    LAG.observe_seconds(move |to| of.read(|it| to.observe(it.oldest.as_secs_f64(), &[])));
}

/// Observes how many places are taken, until the process ends.
pub(crate) fn observe_watches(watches: [Places<Subscriber>; 2]) {
    WATCHES.observe(move |to| {
        let taken = watches.iter().map(Places::taken).sum::<usize>();
        to.observe(u64::try_from(taken).unwrap_or(u64::MAX), &[]);
    });
}

/// An event of this type was committed.
pub(crate) fn appended(kind: &'static str) {
    APPENDED.add(1, &[KeyValue::new(CCM_EVENT_TYPE, kind)]);
}
