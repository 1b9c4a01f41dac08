//! Tests of what a watch waits for before it reads.

use access::{Caller, Refusal};
use futures_util::StreamExt as _;
use proto::event::v1::WatchStart;
use proto::event::v1::watch_events_response::Item;

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
