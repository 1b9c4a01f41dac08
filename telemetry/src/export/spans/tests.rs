//! The shutdown. tests/e2e/export_outage.rs tests what happens until then, with real exporters and receivers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::*;

/// Long enough that a test fails which waits for it.
const NEVER: Duration = Duration::from_hours(1);
const DEADLINE: Duration = Duration::from_secs(30);

/// An exporter whose receiver is unreachable until it is back.
#[derive(Clone, Debug)]
struct Unreachable(Arc<Receiver>);

#[derive(Debug)]
struct Receiver {
    /// A permit for each export.
    exports: Semaphore,
    hangs: AtomicBool,
    is_back: AtomicBool,
    /// Number of batches that it has taken.
    taken: AtomicUsize,
}

impl Unreachable {
    fn new() -> Self {
        let (hangs, is_back, taken) = Default::default();
        Self(Arc::new(Receiver { exports: Semaphore::new(0), hangs, is_back, taken }))
    }

    fn exports(&self) -> usize {
        self.0.exports.available_permits()
    }

    async fn is_called(&self) {
        timeout(DEADLINE, self.0.exports.acquire()).await.expect("an export").unwrap().forget();
    }

    fn exporter(&self) -> Delivering<Self> {
        let mut delivery = Delivery::new(Counters::new(Signal::Traces, "test"), NEVER);
        delivery.first_delay = NEVER;
        Delivering { inner: self.clone(), delivery, value_length: None }
    }
}

impl BatchExporter for Unreachable {
    type Batch = ();

    fn prepare(&self, _: Vec<SpanData>) {}

    async fn export(&self, (): &()) -> OTelSdkResult {
        let is_back = self.0.is_back.load(Ordering::SeqCst);
        self.0.exports.add_permits(1);
        assert!(self.exports() < 10, "it is called again and again");
        if self.0.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if !is_back {
            return Err(OTelSdkError::Timeout(NEVER));
        }
        self.0.taken.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn set_resource(&mut self, _: &Resource) {}
}

#[tokio::test]
async fn a_batch_that_waits_is_exported_once_more_when_the_shutdown_begins() {
    let receiver = Unreachable::new();
    let exporter = receiver.exporter();
    let shutdown = async {
        receiver.is_called().await;
        exporter.delivery.stop.begun.cancel();
    };
    let both = async { tokio::join!(exporter.export(Vec::new()), shutdown) };
    let (sent, ()) = timeout(DEADLINE, both).await.expect("the shutdown ends the wait");
    assert!(sent.is_err());
    assert_eq!(receiver.exports(), 1);
}

#[tokio::test]
async fn during_the_shutdown_each_batch_is_exported_once() {
    let receiver = Unreachable::new();
    let exporter = receiver.exporter();
    exporter.delivery.stop.begun.cancel();
    for exports in 1..4 {
        assert!(timeout(DEADLINE, exporter.export(Vec::new())).await.expect("it does not wait").is_err());
        assert_eq!(receiver.exports(), exports);
    }
}

#[tokio::test]
async fn an_export_that_hangs_is_abandoned_at_the_end_of_the_shutdown() {
    let receiver = Unreachable::new();
    receiver.0.hangs.store(true, Ordering::SeqCst);
    let provider = provider(receiver.exporter());
    receiver.is_called().await;
    let stop =
        tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(Duration::from_millis(300)));
    assert!(timeout(DEADLINE, stop).await.expect("it ends").unwrap().is_err());
    let thread_has_ended = async {
        // The thread drops the exporter when it ends.
        while Arc::strong_count(&receiver.0) > 1 {
            tokio::task::yield_now().await;
        }
    };
    timeout(DEADLINE, thread_has_ended).await.expect("the thread ends");
}

#[tokio::test]
async fn a_receiver_that_is_back_gets_what_waits_at_the_shutdown() {
    let receiver = Unreachable::new();
    let provider = provider(receiver.exporter());
    receiver.is_called().await;
    receiver.0.is_back.store(true, Ordering::SeqCst);
    let stop = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(DEADLINE));
    assert!(stop.await.unwrap().is_ok());
    assert_eq!(receiver.0.taken.load(Ordering::SeqCst), 1);
}

/// A provider that has ended one span.
fn provider<E: BatchExporter + 'static>(exporter: Delivering<E>) -> SdkTracerProvider {
    let batch = Batch { delay: Duration::from_millis(1), queue: 10, size: 10 };
    let provider = SdkTracerProvider::builder().with_span_processor(Bounded::new(exporter, batch)).build();
    provider.tracer("test").start("span").end();
    provider
}
