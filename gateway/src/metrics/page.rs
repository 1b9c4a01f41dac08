//! What people meet in the page, as the page reports it.

use std::time::Duration;

use telemetry::metrics::{Counter, Definition, Histogram, KeyValue, LAG_SECONDS};
use telemetry::semconv::{CCM_PAGE_REPORT, CCM_PAGE_VIEW};

static REPORTS: Counter = Counter::new(
    "cml_cloud_manager.page.reports",
    "{report}",
    "What people met in the page, by kind and view, as the page reports it.",
    &[CCM_PAGE_REPORT, CCM_PAGE_VIEW],
);
static LAG: Histogram = Histogram::new(
    "cml_cloud_manager.page.lag",
    "Highest lag of the events that a page received since its last report, from a change to its arrival in the browser.",
    LAG_SECONDS,
    &[],
);

/// The kinds of what is counted.
pub(crate) const KINDS: [&str; 4] = ["load_failed", "stream_gap", "stream_reset", "reconnected"];
/// The views of the page.
pub(crate) const VIEWS: [&str; 10] =
    ["overview", "tasks", "task", "workers", "worker", "timeline", "traces", "trace", "sign_in", OTHER_VIEW];
/// The view of a report that names none.
pub(crate) const OTHER_VIEW: &str = "other";

pub(super) fn definitions() -> [&'static Definition; 2] {
    [REPORTS.definition(), LAG.definition()]
}

/// Makes all series of the counter.
pub(super) fn start() {
    for (kind, view) in KINDS.iter().flat_map(|kind| VIEWS.map(|view| (*kind, view))) {
        reported(kind, view, 0);
    }
}

/// Counts what a page has met: one of [`KINDS`], in one of [`VIEWS`].
pub(crate) fn reported(kind: &'static str, view: &'static str, count: u32) {
    let attributes = [KeyValue::new(CCM_PAGE_REPORT, kind), KeyValue::new(CCM_PAGE_VIEW, view)];
    REPORTS.add(count.into(), &attributes);
}

/// Records the lag that a page has reported.
pub(crate) fn lagged(lag: Duration) {
    LAG.record(lag, &[]);
}
