//! Delivers what an exporter is given, by the rules of its signal. A batch of spans or log records is kept until the
//! receiver has taken or rejected it: the SDK would drop a batch whose export failed; here, the thread of the batch
//! processor waits and exports the same batch again, while new ones wait in the queue. docs/adr/0020 says why. Metrics
//! are exported once, because the next export has newer values of the same series.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use platform::shutdown::Shutdown;
use tokio::runtime::Handle;
use tokio::time::Sleep;

use super::ABANDON_BEFORE;
use super::transient::is_transient;
use crate::losses::{Counters, Signal};

/// Time to wait after the first failed export of a batch; it doubles with each further one.
const FIRST_DELAY: Duration = Duration::from_millis(200);
/// Longest time between two exports of a batch.
const LONGEST_DELAY: Duration = Duration::from_secs(5);

/// The two steps of a shutdown.
#[derive(Clone, Debug, Default)]
pub(super) struct Stop {
    /// No batch waits any more: each is exported once, at once.
    pub(super) begun: Shutdown,
    /// Nothing is exported any more.
    pub(super) over: Shutdown,
}

impl Stop {
    /// Shuts a batch processor down within `timeout`, and reports what was lost.
    pub(super) fn shut_down(
        &self,
        timeout: Duration,
        counters: &Counters,
        processor: impl Fn(Duration) -> OTelSdkResult,
    ) -> OTelSdkResult {
        self.begun.cancel();
        let ended = processor(timeout.saturating_sub(ABANDON_BEFORE));
        if ended.is_err() {
            self.over.cancel();
            // Waits for the thread to end. An export over HTTP cannot be abandoned.
            let _ = processor(ABANDON_BEFORE);
        }
        counters.report_total();
        ended
    }
}

/// Repeats failed exports, counts, and says in the log when the receiver cannot be reached.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) counters: Counters,
    pub(super) stop: Stop,
    pub(super) first_delay: Duration,
    /// Timeout of an export. The exporter enforces it, except while a gRPC connection is being established.
    timeout: Duration,
    /// Provides the timer: the SDK calls the exporter on a thread without a runtime.
    runtime: Handle,
}

impl Delivery {
    /// Must be called within a tokio runtime.
    pub(super) fn new(counters: Counters, timeout: Duration) -> Self {
        Self {
            counters,
            stop: Stop::default(),
            first_delay: FIRST_DELAY,
            timeout,
            runtime: Handle::current(),
        }
    }

    /// Exports a number of items by calling `export`, again if need be, and counts what became of them.
    pub(super) async fn deliver<F>(&self, items: u64, export: impl Fn() -> F) -> OTelSdkResult
    where
        F: Future<Output = OTelSdkResult>,
    {
        let sent = self.until_taken(export).await;
        match &sent {
            Ok(()) => {
                self.counters.exported(items);
                self.counters.report(None);
            }
            Err(error) => {
                self.counters.failed(items);
                self.counters.report(Some(error));
            }
        }
        sent
    }

    /// Exports until the receiver has taken or rejected the batch. Also fails if the receiver is unreachable during the
    /// shutdown, and, for metrics, if it is unreachable at all.
    async fn until_taken<F>(&self, export: impl Fn() -> F) -> OTelSdkResult
    where
        F: Future<Output = OTelSdkResult>,
    {
        let mut delay = self.first_delay;
        loop {
            let is_last = self.counters.signal() == Signal::Metrics || self.stop.begun.is_cancelled();
            let outcome = self.attempt(export()).await;
            if outcome.is_err() {
                self.counters.attempt_failed();
            }
            let error = match outcome {
                Err(error) if is_transient(&error) => error,
                answered => {
                    self.report_reachable();
                    return answered;
                }
            };
            self.report_unreachable(&error.to_string());
            self.counters.report(Some(&error));
            if is_last {
                return Err(error);
            }
            tokio::select! {
                () = self.stop.begun.cancelled() => {}
                () = self.sleep(delay) => {}
            }
            delay = (delay * 2).min(LONGEST_DELAY);
        }
    }

    /// Exports once. Says so if that takes longer than the timeout: the timeout of tonic does not cover the wait for a
    /// connection, which can take minutes.
    async fn attempt(&self, export: impl Future<Output = OTelSdkResult>) -> OTelSdkResult {
        let mut export = pin!(export);
        let mut timeout = pin!(self.sleep(self.timeout));
        loop {
            tokio::select! {
                biased;
                () = self.stop.over.cancelled() => return Err(OTelSdkError::Timeout(self.timeout)),
                sent = &mut export => return sent,
                () = &mut timeout, if !timeout.is_elapsed() => {
                    self.report_unreachable(&format!("no answer within {:?}", self.timeout));
                }
            }
        }
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let _context = self.runtime.enter();
        tokio::time::sleep(duration)
    }

    /// Logs once that the receiver is unreachable, until it is reachable again.
    fn report_unreachable(&self, error: &str) {
        if self.counters.set_unreachable(true) {
            let signal = self.counters.signal();
            let (item, waiting) = (signal.item(), self.counters.waiting());
            match signal {
                Signal::Metrics => tracing::warn!(
                    error,
                    "the {item} receiver cannot be reached; the next export has newer values"
                ),
                Signal::Traces | Signal::Logs => tracing::warn!(
                    waiting,
                    error,
                    "the {item} receiver cannot be reached; {} wait in the queue",
                    signal.items()
                ),
            }
        }
    }

    fn report_reachable(&self) {
        if self.counters.set_unreachable(false) {
            let (item, waiting) = (self.counters.signal().item(), self.counters.waiting());
            tracing::info!(waiting, "the {item} receiver can be reached again");
        }
    }
}
