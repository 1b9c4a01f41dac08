//! Tells the watches of this process of new reports of utilisation, whichever replica has stored them.

use std::collections::HashMap;
use std::time::Duration;

use events::{EventLog, LiveMessage};
use platform::clock::{Clock, Micros};
use platform::periodic::Periodic;
use platform::shutdown::Shutdown;
use proto::event::v1::WatchReport;
use proto::event::v1::watch_events_response::Item;
use storage::StorageError;
use telemetry::span::untraced;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::convert;
use crate::store::{StoredReport, WorkerStore};
use crate::subjects::WORKER;

/// Name of the message for filters on event types.
const NAME: &str = "worker.metrics.updated";
const INTERVAL: Duration = Duration::from_secs(1);
/// Reports can become visible this much later than others with a later time, because their transaction took longer.
const OVERLAP_MICROS: i64 = 10_000_000;
const BATCH: i64 = 1_000;

/// The reports that were told, as far as they can be read again.
#[derive(Default)]
struct Told {
    /// The latest time of a report.
    latest: i64,
    /// When each report was stored.
    recent: HashMap<Uuid, i64>,
}

impl Told {
    /// Keeps the reports that are new.
    fn new_of(&mut self, stored: Vec<StoredReport>, now: Micros) -> Vec<StoredReport> {
        let mut new = stored;
        new.retain(|it| self.recent.insert(it.worker_id, it.stored_at) != Some(it.stored_at));
        self.latest = new.iter().map(|it| it.stored_at).max().unwrap_or(0).max(self.latest);
        let since = self.since(now);
        self.recent.retain(|_, stored_at| *stored_at >= since);
        new
    }

    /// From when on reports are read again. The clock of the database may have been ahead for a while.
    fn since(&self, now: Micros) -> i64 {
        self.latest.min(now.0).saturating_sub(OVERLAP_MICROS)
    }
}

/// Looks for new reports while watches listen, until `stop`.
pub(crate) async fn tell(store: WorkerStore, log: EventLog, clock: Clock, stop: Shutdown) {
    let told = Mutex::new(None::<Told>);
    let turn = || async {
        let mut told = told.lock().await;
        if !log.has_listeners() {
            *told = None;
            return Ok(());
        }
        // A watch is told of what is reported from now on.
        let is_first = told.is_none();
        let told = told.get_or_insert_default();
        let mut after = (told.since(clock.now()), Uuid::nil());
        loop {
            let stored = untraced(store.reports_after(after, BATCH)).await?;
            let Some(last) = stored.last() else { return Ok::<(), StorageError>(()) };
            after = (last.stored_at, last.worker_id);
            for report in told.new_of(stored, clock.now()).into_iter().filter(|_| !is_first) {
                log.tell(message(&report));
            }
        }
    };
    Periodic::every(INTERVAL, "telling of reports").run(&stop, turn).await;
}

fn message(stored: &StoredReport) -> LiveMessage {
    let report = WatchReport {
        worker_id: stored.worker_id.to_string(),
        utilization: Some(convert::utilization(stored.report)),
    };
    LiveMessage { kind: &WORKER, name: NAME, subject_id: stored.worker_id, item: Item::Report(report) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::Report;

    fn stored(worker: u128, stored_at: i64) -> StoredReport {
        let report = Report { cpu: 0.5, memory: 0.5, disk: 0.5, at: Micros(stored_at) };
        StoredReport { worker_id: Uuid::from_u128(worker), report, stored_at }
    }

    #[test]
    fn a_report_that_is_read_again_is_told_once_and_a_late_one_is_told() {
        let mut told = Told::default();
        let (first, second) = (stored(1, 100), stored(2, 90));
        assert_eq!(told.new_of(vec![first], Micros(i64::MAX)), [first]);
        assert_eq!(told.new_of(vec![second, first], Micros(i64::MAX)), [second], "it became visible later");
        let newer = stored(1, 120);
        assert_eq!(told.new_of(vec![second, newer], Micros(i64::MAX)), [newer]);
    }

    #[test]
    fn only_reports_that_can_be_read_again_are_remembered() {
        let mut told = Told::default();
        told.new_of(vec![stored(1, 1)], Micros(i64::MAX));
        told.new_of(vec![stored(2, 2 * OVERLAP_MICROS)], Micros(i64::MAX));
        assert_eq!(told.recent.len(), 1);
    }

    #[test]
    fn reports_are_told_also_after_the_clock_of_the_database_was_ahead() {
        let mut told = Told::default();
        told.new_of(vec![stored(1, 1_000 * OVERLAP_MICROS)], Micros(2 * OVERLAP_MICROS));
        assert!(told.since(Micros(2 * OVERLAP_MICROS)) <= 2 * OVERLAP_MICROS);
    }
}
