//! Turns of the streams that catch up. Without them, a thousand clients that always have something to read would each be served
//! before a client that waits for the next event.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::sync::{Semaphore, oneshot};

/// Gives out turns in the order of the requests.
pub(super) struct Turns(Arc<Semaphore>);

/// A requested turn.
pub(super) struct Turn {
    given: oneshot::Receiver<()>,
    is_given: bool,
}

impl Turns {
    /// `at_once` turns may be given between two rounds of the runtime's tasks.
    pub(super) fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// All turns, for as long as nobody is to get one.
    #[cfg(test)]
    pub(super) async fn all(&self) -> tokio::sync::OwnedSemaphorePermit {
        let all = self.0.available_permits().try_into().unwrap();
        self.0.clone().acquire_many_owned(all).await.unwrap()
    }

    /// Asks for a turn. The place in the queue does not depend on the stream being polled, and the stream does not hold the
    /// permit: one whose client reads nothing delays nobody.
    pub(super) fn request(&self) -> Turn {
        let (give, given) = oneshot::channel();
        let turns = self.0.clone();
        tokio::spawn(async move {
            // The semaphore is never closed.
            let _permit = turns.acquire().await;
            if give.send(()).is_ok() {
                // What was woken before now, and what the sockets have for it, comes before the next turn.
                tokio::task::yield_now().await;
            }
        });
        Turn { given, is_given: false }
    }
}

impl Turn {
    /// Waits until the turn is given.
    pub(super) fn poll_given(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // A task that panicked keeps nobody waiting.
        let _ = ready!(Pin::new(&mut self.given).poll(cx));
        self.is_given = true;
        Poll::Ready(())
    }

    pub(super) fn is_given(&self) -> bool {
        self.is_given
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use access::Role;
    use access::testing::caller;
    use axum::http::Extensions;
    use bytes::Bytes;
    use futures_util::StreamExt as _;

    use super::*;
    use crate::stream::{Filter, Settings, Start, samples};

    #[tokio::test]
    async fn turns_are_given_in_order_and_between_two_of_them_others_run() {
        let turns = Turns::new(1);
        let ran = Arc::new(std::sync::Mutex::new(Vec::new()));
        let mut streams = Vec::new();
        for number in 0..3 {
            let (mut turn, ran) = (turns.request(), ran.clone());
            streams.push(tokio::spawn(async move {
                poll_fn(|cx| turn.poll_given(cx)).await;
                ran.lock().unwrap().push(number);
                // Wakes one that waits for an event.
                let ran = ran.clone();
                tokio::spawn(async move { ran.lock().unwrap().push(number + 10) });
            }));
        }
        for stream in streams {
            stream.await.unwrap();
        }
        tokio::task::yield_now().await;
        assert_eq!(*ran.lock().unwrap(), [0, 10, 1, 11, 2, 12]);
    }

    #[tokio::test]
    async fn a_client_that_waits_for_its_turn_gets_heartbeats() {
        let streams = samples::streams(Settings { heartbeat: Duration::from_millis(1), ..samples::usual() });
        let _all = streams.turns.all().await;
        let ada = caller("ada", &[Role::User], None);
        let blocks = streams.open(ada, Filter::default(), Start::Snapshot, &Extensions::new());
        let blocks: Vec<_> = blocks.take(3).collect().await;
        let text = |block: &Bytes| String::from_utf8_lossy(block).into_owned();
        let names: Vec<String> = blocks.iter().flatten().map(|it| samples::name(&text(it))).collect();
        assert_eq!(names, ["connected", "heartbeat", "heartbeat"]);
    }

    #[tokio::test]
    async fn a_stream_that_does_not_use_its_turn_delays_nobody() {
        let turns = Turns::new(1);
        let mut unused = turns.request();
        poll_fn(|cx| unused.poll_given(cx)).await;
        let gone = turns.request();
        drop(gone);
        let mut next = turns.request();
        let given = tokio::time::timeout(Duration::from_secs(10), poll_fn(|cx| next.poll_given(cx)));
        given.await.expect("a turn is given");
        assert!(unused.is_given() && next.is_given());
    }
}
