//! Keeps a batch until the receiver has taken or rejected it. The SDK drops a batch whose export failed; here, the thread
//! of the batch processor waits and exports the same batch again, while new spans wait in the queue. docs/adr/0020 says
//! why.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::Value;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use platform::shutdown::Shutdown;
use tokio::runtime::Handle;
use tokio::time::Sleep;

use super::transient::is_transient;
use crate::losses::SpanCounters;

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

/// An exporter that repeats failed exports, counts spans and truncates attribute values.
#[derive(Debug)]
pub(super) struct RetryingExporter<E> {
    inner: E,
    pub(super) counters: SpanCounters,
    pub(super) stop: Stop,
    /// Whether the last export failed for want of the receiver.
    is_waiting: AtomicBool,
    pub(super) first_delay: Duration,
    /// Timeout of an export. The exporter enforces it, except while a gRPC connection is being established.
    timeout: Duration,
    value_length: Option<usize>,
    /// Provides the timer: the batch processor calls the exporter on a thread without a runtime.
    runtime: Handle,
}

impl<E: SpanExporter> RetryingExporter<E> {
    /// Must be called within a tokio runtime.
    pub(super) fn new(inner: E, timeout: Duration, value_length: Option<usize>) -> Self {
        Self {
            inner,
            counters: SpanCounters::default(),
            stop: Stop::default(),
            is_waiting: AtomicBool::new(false),
            first_delay: FIRST_DELAY,
            timeout,
            value_length,
            runtime: Handle::current(),
        }
    }

    /// Exports a batch until the receiver has taken or rejected it. Also fails if the receiver is unreachable during the
    /// shutdown.
    async fn deliver(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let mut delay = self.first_delay;
        loop {
            let is_last = self.stop.begun.is_cancelled();
            let error = match self.attempt(batch.clone()).await {
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

    /// Exports a batch once. Says so if that takes longer than the timeout: the timeout of tonic does not cover the wait
    /// for a connection, which can take minutes.
    async fn attempt(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let mut export = pin!(self.inner.export(batch));
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
        if !self.is_waiting.swap(true, Ordering::Relaxed) {
            let waiting = self.counters.waiting();
            tracing::warn!(waiting, error, "the span receiver cannot be reached; spans wait in the queue");
        }
    }

    fn report_reachable(&self) {
        if self.is_waiting.swap(false, Ordering::Relaxed) {
            let waiting = self.counters.waiting();
            tracing::info!(waiting, "the span receiver can be reached again");
        }
    }
}

impl<E: SpanExporter> SpanExporter for RetryingExporter<E> {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        if let Some(limit) = self.value_length {
            for span in &mut batch {
                truncate_values(span, limit);
            }
        }
        let spans = batch.len() as u64;
        let sent = self.deliver(batch).await;
        match &sent {
            Ok(()) => {
                self.counters.exported(spans);
                self.counters.report(None);
            }
            Err(error) => {
                self.counters.failed(spans);
                self.counters.report(Some(error));
            }
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

fn truncate_values(span: &mut SpanData, limit: usize) {
    for attribute in &mut span.attributes {
        if let Value::String(text) = &attribute.value
            && text.as_str().chars().nth(limit).is_some()
        {
            let cut: String = text.as_str().chars().take(limit).collect();
            attribute.value = Value::String(cut.into());
        }
    }
}
