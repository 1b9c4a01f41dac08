//! Tests of what a watch waits for before it reads.

use access::{Caller, Refusal};
use futures_util::StreamExt as _;
use proto::event::v1::WatchStart;
use proto::event::v1::watch_events_response::Item;
use tokio::sync::Semaphore;

use super::*;
use crate::conformance::{anybody, open};

/// A test that waits longer fails.
const DEADLINE: Duration = Duration::from_secs(20);

fn request(start: WatchStart) -> Request<WatchEventsRequest> {
    let mut request =
        Request::new(WatchEventsRequest { start: start.into(), ..WatchEventsRequest::default() });
    let caller: Result<Caller, Refusal> = Ok(access::testing::caller("ada", &[], None));
    request.extensions_mut().insert(caller);
    request
}

async fn first_message(events: &Events, start: WatchStart) -> Option<Item> {
    let mut stream = events.watch_events(request(start)).await.unwrap().into_inner();
    stream.next().await.unwrap().unwrap().item
}

/// Hundreds of watches that begin at the same time would take all connections for reads, and requests would wait behind them.
#[tokio::test]
async fn where_a_watch_begins_is_read_in_turns() {
    let fresh = storage::testing::sqlite();
    let (log, _running) = EventLog::start(&open(&fresh).await, vec![&crate::conformance::TASK]);
    let registry = SubjectRegistry { service: "task-service", subjects: Vec::new() };
    let limits = WatchLimits { max_subscribers: 10, max_per_caller: 0, write_timeout: DEADLINE };
    let events = Arc::new(Events::new(log, registry, limits, Clock::system()));
    for start in [WatchStart::Earliest, WatchStart::Now, WatchStart::Snapshot] {
        let mut held = Vec::new();
        for _ in 0..MAX_READING {
            held.push(events.reading.take(&anybody()).await);
        }
        let watch = {
            let events = events.clone();
            tokio::spawn(async move { first_message(&events, start).await })
        };
        let waits = async {
            while events.reading.waiting() == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        assert!(tokio::time::timeout(DEADLINE, waits).await.is_ok(), "{start:?} read without a turn");
        drop(held);
        let first = tokio::time::timeout(DEADLINE, watch).await.unwrap().unwrap();
        assert!(matches!(first, Some(Item::Started(_))), "{start:?}: {first:?}");
    }
}

/// Tasks whose pages do not come until they may: permits that a read has begun, and that it may end.
struct Slow {
    begun: Arc<Semaphore>,
    may_end: Arc<Semaphore>,
}

#[tonic::async_trait]
impl Subjects for Slow {
    fn kind(&self) -> &'static SubjectKind {
        &crate::conformance::TASK
    }

    fn not_found(&self) -> Status {
        Status::not_found("none")
    }

    async fn page(
        &self,
        _: &mut Snapshot,
        _: &Visibility,
        _: Option<ListKey>,
        _: i64,
    ) -> Result<(Vec<WatchSubject>, Option<ListKey>), StorageError> {
        self.begun.add_permits(1);
        self.may_end.acquire().await.unwrap().forget();
        Ok((Vec::new(), None))
    }

    async fn get(
        &self,
        _: &mut Snapshot,
        _: &Visibility,
        _: Uuid,
    ) -> Result<Option<WatchSubject>, StorageError> {
        Ok(None)
    }

    async fn purge(&self, _: Micros, _: i64) -> Result<usize, StorageError> {
        Ok(0)
    }
}

/// Otherwise, many watches that end at once would begin a read each, without a turn.
#[tokio::test]
async fn a_read_whose_watch_has_ended_keeps_its_turn() {
    let fresh = storage::testing::sqlite();
    let (log, _running) = EventLog::start(&open(&fresh).await, vec![&crate::conformance::TASK]);
    let (begun, may_end) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let slow = Arc::new(Slow { begun: begun.clone(), may_end: may_end.clone() });
    let registry = SubjectRegistry { service: "task-service", subjects: vec![slow] };
    let limits = WatchLimits { max_subscribers: 10, max_per_caller: 0, write_timeout: DEADLINE };
    let events = Events::new(log, registry, limits, Clock::system());
    let mut streams = Vec::new();
    for _ in 0..MAX_READING {
        streams.push(events.watch_events(request(WatchStart::Snapshot)).await.unwrap().into_inner());
    }
    let reads = begun.acquire_many(u32::try_from(MAX_READING).unwrap());
    let _reads = tokio::time::timeout(DEADLINE, reads).await.unwrap().unwrap();
    drop(streams);
    // The tasks of the watches, on this thread, find out that nobody reads their streams.
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    let other = anybody();
    let mut turn = std::pin::pin!(events.reading.take(&other));
    assert!(futures_util::poll!(turn.as_mut()).is_pending(), "both reads go on");
    may_end.add_permits(MAX_READING);
    tokio::time::timeout(DEADLINE, turn).await.unwrap();
}
