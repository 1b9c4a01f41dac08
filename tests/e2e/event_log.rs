//! The promise of the event log on PostgreSQL, held against writers and readers of the real product: three replicas of
//! worker-service, whose database delays, reorders and rolls back commits; one is killed and comes back, and a long
//! transaction is open in another database of the cluster. The same run has to convict two readers that do it wrong.
//!
//! `CCM_SEED` repeats a run as far as its choices go; `CCM_EVENT_LOG_WRITES` is how many requests each writer makes.

mod database;
mod oracle;
mod readers;
mod writers;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use access::Role;
use oracle::{Run, Told};
use proto::event::v1::WatchStart;
use proto::event::v1::watch_events_response::Item;

use crate::harness::{Backend, Process, Product, Watcher, eventually, reason};

const WRITERS: u64 = 40;
const SUBJECTS: usize = 20;
const READERS: u64 = 9;

/// What a run is made of.
pub(crate) struct Cluster {
    pub(crate) product: Product,
    second: Process,
    third: Process,
    pub(crate) addresses: [SocketAddr; 3],
    pub(crate) token: String,
}

impl Cluster {
    async fn start() -> Self {
        let product = Product::start_with(Backend::Postgres, &[]).await;
        let second = product.another_worker_service("127.0.0.1:0").await;
        let third = product.another_worker_service("127.0.0.1:0").await;
        let addresses = [
            product.workers_address,
            second.listening("worker-service").await,
            third.listening("worker-service").await,
        ];
        let token = product.token("root", &[Role::Admin], None);
        Self { product, second, third, addresses, token }
    }

    async fn subjects(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for _ in 0..SUBJECTS {
            ids.push(self.product.worker().await);
        }
        ids
    }
}

/// What its seed decides: splitmix64.
#[derive(Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

pub(crate) fn setting(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_reader_is_told_every_change_once_in_one_order_that_no_acknowledgement_contradicts() {
    let seed =
        setting("CCM_SEED").unwrap_or_else(|| platform::clock::Clock::system().new_id().as_u64_pair().1 >> 1);
    let each = setting("CCM_EVENT_LOG_WRITES").unwrap_or(25);
    println!("CCM_SEED={seed} CCM_EVENT_LOG_WRITES={each}");
    let mut cluster = Cluster::start().await;
    let subjects = Arc::new(cluster.subjects().await);
    let database = database::Disturbed::new(&cluster.product.worker_database.url, seed).await;
    let _elsewhere = database::long_transaction_elsewhere().await;
    let mut created = Watcher::from(cluster.addresses[0], &cluster.token, WatchStart::Earliest).await;
    // When all of them run, only the writers change them.
    let mut running = 0;
    while running < SUBJECTS {
        match created.next().await {
            Ok(Item::Event(event)) => running += usize::from(event.r#type == "worker.status.updated"),
            Ok(_) => {}
            // Connections have an age, which is reached on a busy machine.
            Err(end) => {
                assert_eq!(reason(&end), "STREAM_ENDED", "{end:?}");
                created = Watcher::after(cluster.addresses[0], &cluster.token, created.cursor).await.unwrap();
            }
        }
    }
    let begin = created.cursor;
    let by_sequence = database.read_by("seq");
    let by_transaction = database.read_by("transaction_id");
    let readers: Vec<_> = (0..READERS)
        .map(|it| {
            tokio::spawn(readers::read(cluster.addresses, cluster.token.clone(), begin.clone(), seed + it))
        })
        .collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let of = writers::Writer {
                name: writer,
                addresses: cluster.addresses,
                token: cluster.token.clone(),
                subjects: subjects.clone(),
                random: Random(seed ^ (writer << 32)),
            };
            tokio::spawn(of.write(each))
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300 + seed % 700)).await;
    cluster.third.kill().await;
    tokio::time::sleep(Duration::from_millis(200 + seed % 500)).await;
    cluster.third.restart(cluster.addresses[2]);
    let mut run = Run::default();
    for writer in writers {
        run.add(writer.await.unwrap());
    }
    // Begins when all others were answered, so it is told behind them.
    run.add(writers::last(cluster.addresses[0], &cluster.token, &subjects[0]).await);
    println!("{run}");
    assert!(run.acknowledged() > 100 && run.refused() > 0, "a run that shows nothing");
    let mut orders: Vec<Vec<Told>> = Vec::new();
    for reader in readers {
        let (order, breaks) = reader.await.unwrap();
        assert!(breaks > 0, "a reader never went away");
        orders.push(order);
    }
    assert_eq!(run.wrongs(&orders[0]), Vec::<String>::new());
    for (reader, order) in orders.iter().enumerate() {
        assert!(*order == orders[0], "reader {reader} was told another order");
    }
    let wrong = [run.wrongs(&by_sequence.stop().await), run.wrongs(&by_transaction.stop().await)];
    println!("by sequence: {:?}\nby transaction: {:?}", wrong[0].first(), wrong[1].first());
    assert!(!wrong[0].is_empty(), "readers by the sequence of the inserts were not convicted");
    assert!(!wrong[1].is_empty(), "readers by transaction id were not convicted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_is_stopped_at_any_moment_does_not_hold_up_the_events_of_others() {
    let cluster = Cluster::start().await;
    let subjects = Arc::new(cluster.subjects().await);
    let mut watcher = Watcher::from(cluster.addresses[0], &cluster.token, WatchStart::Now).await;
    for round in 0..5 {
        let busy = writers::Writer {
            name: round,
            addresses: [cluster.addresses[1]; 3],
            token: cluster.token.clone(),
            subjects: subjects.clone(),
            random: Random(round),
        };
        let busy = tokio::spawn(busy.write(1_000));
        tokio::time::sleep(Duration::from_millis(20 + 7 * round)).await;
        cluster.second.signal("STOP");
        // A worker of its own: the stopped one may have locked the others'.
        let id = cluster.product.worker().await;
        let told = async { while watcher.event().await.subject_id != id {} };
        tokio::time::timeout(Duration::from_secs(10), told).await.expect("its event is told");
        cluster.second.signal("CONT");
        busy.abort();
    }
    eventually("the stopped one goes on", || async {
        let request = proto::event::v1::WatchEventsRequest::default();
        Watcher::start(cluster.addresses[1], &cluster.token, request).await.ok().map(drop)
    })
    .await;
}
