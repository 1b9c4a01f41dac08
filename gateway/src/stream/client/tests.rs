//! Clients that are polled by hand: what wakes them, and what does not.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

use access::Role;
use access::testing::caller;
use axum::http::Extensions;
use futures_util::Stream;
use uuid::Uuid;

use super::*;
use crate::stream::samples::{streams, usual};

/// Counts how often a task is woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A stream, and how often it was woken.
struct Polled<S> {
    blocks: Pin<Box<S>>,
    wakes: Arc<Wakes>,
}

fn open(
    streams: &Arc<Streams>,
    start: Start,
) -> Polled<impl Stream<Item = Result<Bytes, std::convert::Infallible>>> {
    let ada = caller("ada", &[Role::User], None);
    let blocks = Box::pin(streams.open(ada, Filter::default(), start, &Extensions::new()));
    Polled { blocks, wakes: Arc::default() }
}

impl<S: Stream<Item = Result<Bytes, std::convert::Infallible>>> Polled<S> {
    /// The next block, if there is one.
    fn next(&mut self) -> Option<String> {
        let waker = self.wakes.clone().into();
        match self.blocks.as_mut().poll_next(&mut Context::from_waker(&waker)) {
            Poll::Ready(block) => Some(String::from_utf8_lossy(&block.unwrap().unwrap()).into_owned()),
            Poll::Pending => None,
        }
    }

    fn wakes(&self) -> usize {
        self.wakes.0.load(Ordering::SeqCst)
    }

    /// The next block, for which the stream is woken.
    fn woken(&mut self, what: impl FnOnce()) -> Option<String> {
        assert_eq!(self.next(), None);
        let before = self.wakes();
        what();
        assert!(self.wakes() > before, "nobody told the stream");
        self.next()
    }
}

fn point(position: i64) -> Point {
    Point { log_id: Uuid::from_u128(1), position }
}

fn report(streams: &Streams) {
    streams.ring.report(Uuid::nil(), Bytes::from_static(b"report"));
}

#[tokio::test]
async fn a_stream_that_follows_is_woken_by_each_change() {
    let streams = streams(usual());
    for log in Log::ALL {
        streams.ring.begin(log, point(5));
    }
    let mut polled = open(&streams, Start::Now);
    assert!(polled.next().unwrap().contains("event: connected\n"));
    for _ in 0..3 {
        assert_eq!(polled.woken(|| report(&streams)).as_deref(), Some("report"));
    }
}

#[tokio::test]
async fn a_stream_that_waits_for_the_services_is_woken_when_they_are_there() {
    let streams = streams(usual());
    let mut polled = open(&streams, Start::Now);
    assert!(polled.next().unwrap().contains("event: connected\n"));
    assert_eq!(polled.woken(|| streams.ring.begin(Log::Tasks, point(5))), None);
    let id = polled.woken(|| streams.ring.begin(Log::Workers, point(7)));
    assert!(id.unwrap().starts_with("id: "));
}

#[tokio::test]
async fn a_stream_that_resumes_is_woken_when_the_services_are_there() {
    let streams = streams(usual());
    let mut polled = open(&streams, Start::Resume(Some(Cursor::at([Some(point(5)); 2]))));
    assert!(polled.next().unwrap().contains("event: connected\n"));
    assert_eq!(polled.woken(|| streams.ring.begin(Log::Tasks, point(5))), None);
    assert_eq!(polled.woken(|| streams.ring.begin(Log::Workers, point(5))), None);
    assert_eq!(polled.woken(|| report(&streams)).as_deref(), Some("report"));
}

#[tokio::test]
async fn a_stream_that_waits_for_its_turn_is_not_woken_by_changes() {
    let streams = streams(usual());
    let _all = streams.turns.all().await;
    let mut polled = open(&streams, Start::Snapshot);
    assert!(polled.next().unwrap().contains("event: connected\n"));
    for _ in 0..10 {
        assert_eq!(polled.next(), None);
        report(&streams);
    }
    // It has waited for a change before it asked for the turn.
    assert!(polled.wakes() <= 1, "{}", polled.wakes());
}
