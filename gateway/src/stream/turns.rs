//! Turns of the streams that catch up. Without them, a thousand clients that always have something to read would each be served
//! before a client that waits for the next event.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, oneshot};

use super::ring::{Ring, TURN_BATCH};

/// Turns that took less together are not followed by a rest: it would be shorter than what the timer can measure.
const SHORTEST: Duration = Duration::from_millis(1);
/// How many times as long as the turns a rest takes.
const REST: u32 = 2;
/// A turn counts as no longer, however long others kept it from ending.
const LONGEST: Duration = Duration::from_millis(5);

/// Gives out turns in the order of the requests.
pub(super) struct Turns(Arc<Slots>);

struct Slots {
    free: Semaphore,
    /// What turns have taken together since one of them was followed by a rest.
    taken: Mutex<Duration>,
    ring: Arc<Ring>,
}

/// A requested turn.
pub(super) struct Turn {
    given: oneshot::Receiver<()>,
    is_given: bool,
}

impl Turns {
    /// `at_once` turns may be given between two rounds of the runtime's tasks.
    pub(super) fn new(at_once: usize, ring: Arc<Ring>) -> Self {
        Self(Arc::new(Slots { free: Semaphore::new(at_once), taken: Mutex::default(), ring }))
    }

    /// All turns, for as long as nobody is to get one.
    #[cfg(test)]
    pub(super) async fn all(&self) -> tokio::sync::SemaphorePermit<'_> {
        let all = self.0.free.available_permits().try_into().unwrap();
        self.0.free.acquire_many(all).await.unwrap()
    }

    /// Asks for a turn. The place in the queue does not depend on the stream being polled, and the stream does not hold the
    /// permit: one whose client reads nothing delays nobody.
    pub(super) fn request(&self) -> Turn {
        let (give, given) = oneshot::channel();
        let slots = self.0.clone();
        let next = slots.ring.next();
        tokio::spawn(async move {
            // The semaphore is never closed.
            let _permit = slots.free.acquire().await;
            let start = Instant::now();
            if give.send(()).is_ok() {
                // What was woken before now, and what the sockets have for it, comes before the next turn.
                tokio::task::yield_now().await;
                // Linux takes the processor from threads that always have work only after milliseconds, and an event waits for it in each
                // process on its way here.
                if let Some(rest) = slots.rest(start.elapsed(), next) {
                    tokio::time::sleep(rest).await;
                }
            }
        });
        Turn { given, is_given: false }
    }
}

impl Slots {
    /// How long the slot rests after a turn that `took` so long, and was requested when `next` was the next entry of the ring.
    fn rest(&self, took: Duration, next: u64) -> Option<Duration> {
        // Entries that came while the stream waited for the turn.
        if self.ring.next() - next > TURN_BATCH as u64 / 2 {
            // With rests, events might come faster than streams catch up.
            return None;
        }
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken += took.min(LONGEST);
        if *taken < SHORTEST {
            return None;
        }
        Some(std::mem::take(&mut *taken) * REST)
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
        let turns = Turns::new(1, Ring::new());
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

    #[test]
    fn a_slot_rests_twice_as_long_as_turns_took() {
        let turns = Turns::new(1, Ring::new());
        let rest_after = |micros| turns.0.rest(Duration::from_micros(micros), 0).map(|it| it.as_micros());
        assert_eq!([400, 500, 200, 900, 100].map(rest_after), [None, None, Some(2200), None, Some(2000)]);
        assert_eq!([3_000, 60_000_000, 0].map(rest_after), [Some(6000), Some(10_000), None]);
    }

    #[test]
    fn a_slot_does_not_rest_while_events_come_as_fast_as_streams_catch_up() {
        let turns = Turns::new(1, Ring::new());
        let ring = &turns.0.ring;
        let took = Duration::from_millis(3);
        for _ in 0..TURN_BATCH / 2 {
            ring.report(uuid::Uuid::nil(), Bytes::new());
        }
        assert!(turns.0.rest(took, 0).is_some());
        ring.report(uuid::Uuid::nil(), Bytes::new());
        assert!(turns.0.rest(took, 0).is_none());
        assert!(turns.0.rest(took, 1).is_some());
    }

    #[tokio::test]
    async fn after_a_turn_that_took_long_its_slot_rests() {
        let turns = Turns::new(1, Ring::new());
        let (mut long, mut next) = (turns.request(), turns.request());
        let reader = tokio::spawn(async move {
            poll_fn(|cx| long.poll_given(cx)).await;
            std::thread::sleep(SHORTEST);
            Instant::now()
        });
        poll_fn(|cx| next.poll_given(cx)).await;
        assert!(reader.await.unwrap().elapsed() >= SHORTEST * REST);
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
        let turns = Turns::new(1, Ring::new());
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
