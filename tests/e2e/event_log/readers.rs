//! Those who watch, go away and come back.

use std::net::SocketAddr;
use std::time::Duration;

use proto::event::v1::event::Resource;
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{Event, EventCursor};

use super::Random;
use super::oracle::Told;
use super::writers::LAST;
use crate::harness::Watcher;

/// Watches until the last change is told, at a replica at a time; answers all that was told, and how often it went away.
pub(crate) async fn read(
    addresses: [SocketAddr; 3],
    token: String,
    begin: EventCursor,
    seed: u64,
) -> (Vec<Told>, usize) {
    let (mut random, mut order, mut cursor, mut breaks) = (Random(seed), Vec::new(), begin, 0);
    loop {
        let address = addresses[usize::try_from(random.below(3)).unwrap()];
        // A replica may be away; its cursor is as good at any other.
        let Ok(mut watcher) = Watcher::after(address, &token, cursor.clone()).await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        for _ in 0..=random.below(120) {
            let Ok(item) = watcher.next().await else { break };
            let Item::Event(event) = item else { continue };
            assert_eq!(event.position, cursor.position + 1, "positions are dense");
            cursor = watcher.cursor.clone();
            let told = told(event);
            let ends = told.request.starts_with(LAST);
            order.push(told);
            if ends {
                return (order, breaks);
            }
        }
        breaks += 1;
    }
}

fn told(event: Event) -> Told {
    let Some(Resource::Worker(worker)) = event.resource else { panic!("no worker") };
    Told { request: worker.name, subject: event.subject_id, revision: event.revision }
}
