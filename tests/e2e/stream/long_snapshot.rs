//! A snapshot that takes long, because there is much to show and the client reads slowly, while others write.
//!
//! `CCM_SNAPSHOT_TASKS` is the number of tasks, and `CCM_SNAPSHOT_RATE` what the client reads, in bytes per second.

mod reader;
mod tasks;
mod writers;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use self::reader::Reader;
use self::writers::{Latencies, Writers};
use crate::event_log::setting;
use crate::harness::{Backend, Product, eventually};

/// About what a task takes in the stream.
const TASK_BYTES: u64 = 650;
/// Tokens are good for longer than the longest run takes.
const PATIENCE: Duration = Duration::from_hours(12);
const MAX_WAL: u64 = 256 * 1024 * 1024;

async fn ends_complete_and_in_order(backend: Backend) {
    let count = setting("CCM_SNAPSHOT_TASKS").unwrap_or(3_000);
    let rate = setting("CCM_SNAPSHOT_RATE").unwrap_or(500_000);
    let estimate = Duration::from_millis(count * TASK_BYTES * 1_000 / rate);
    // The stream ends by its age, and its client resumes, in the middle of the snapshot.
    let age = format!("{}ms", (estimate / 8).as_millis().max(1_000));
    let mut product = Product::start_with(backend, &[("CCM_STREAM_MAX_AGE", age.as_str())]).await;
    tasks::seed(&mut product, backend, count).await;
    let writers = Writers::start(&product, count);
    tokio::time::sleep((estimate / 20).clamp(Duration::from_secs(1), Duration::from_mins(1))).await;
    let usual =
        eventually("somebody has written", async || Some(writers.latencies()).filter(|it| !it.is_empty()))
            .await;
    let (stop, began) = (Arc::<AtomicBool>::default(), Instant::now());
    let wal = tokio::spawn(largest_wal(&product, backend, stop.clone()));
    let mut reader = Reader::new(&product, rate);
    reader.read_until(Reader::is_complete).await;
    let took = began.elapsed();
    let (meanwhile, refused) = (writers.latencies(), writers.refused());
    let (expected, last) = writers.finish(&product).await;
    reader.read_until(|it| it.knows(&last)).await;
    stop.store(true, Ordering::SeqCst);
    let wal = wal.await.unwrap();
    println!(
        "{backend:?}: {count} tasks, {} bytes in {took:.0?}, resumed {} times; writes: {}, meanwhile {}, {refused} refused or late; -wal at most {} KiB",
        reader.bytes,
        reader.resumed,
        percentiles(usual),
        percentiles(meanwhile),
        wal / 1024
    );
    assert!(reader.resumed > 0, "the client was never cut");
    assert!(wal < MAX_WAL, "the -wal file has {wal} bytes");
    reader.expect(&expected);
}

/// The largest size of the -wal file of task-service, 0 if there is none.
fn largest_wal(
    product: &Product,
    backend: Backend,
    stop: Arc<AtomicBool>,
) -> impl Future<Output = u64> + use<> {
    let path = product.task_database.url.strip_prefix("sqlite:").map(|it| PathBuf::from(format!("{it}-wal")));
    assert_eq!(path.is_some(), matches!(backend, Backend::Sqlite));
    async move {
        let mut largest = 0;
        while !stop.load(Ordering::SeqCst) {
            let size = path.as_ref().and_then(|it| std::fs::metadata(it).ok()).map_or(0, |it| it.len());
            largest = largest.max(size);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        largest
    }
}

fn percentiles(mut latencies: Latencies) -> String {
    latencies.sort_unstable();
    let at = |percent: usize| latencies[(latencies.len() * percent / 100).min(latencies.len() - 1)];
    format!("{} of p50 {:.1?}, p99 {:.1?}", latencies.len(), at(50), at(99))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_client_gets_a_long_snapshot_whole_and_in_order_while_others_write_on_sqlite() {
    ends_complete_and_in_order(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_client_gets_a_long_snapshot_whole_and_in_order_while_others_write_on_postgresql() {
    ends_complete_and_in_order(Backend::Postgres).await;
}
