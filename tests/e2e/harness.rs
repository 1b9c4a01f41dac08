//! What the tests stand on: processes that die with the test, a client, an OTLP receiver, waiting with a deadline.

mod attributes;
mod certificates;
mod client;
mod collector;
mod exposition;
mod gateway;
mod grpc;
mod held;
mod issuer;
mod otlp;
mod picture;
mod printed;
mod process;
mod product;
mod secrets;
pub(crate) mod sse;
mod watcher;

pub(crate) use certificates::Authority;
pub(crate) use client::{Answer, Client};
pub(crate) use collector::Collector;
pub(crate) use exposition::{Exposition, scraped};
pub(crate) use gateway::Gateway;
pub(crate) use grpc::{call, methods};
pub(crate) use held::Held;
pub(crate) use issuer::{Issuer, SigningKey};
pub(crate) use otlp::{Otlp, Tls};
pub(crate) use picture::picture;
pub(crate) use printed::{printed, yaml};
pub(crate) use process::Process;
pub(crate) use product::{Backend, Product, Settings};
pub(crate) use sse::{Block, Sse};
pub(crate) use watcher::{Watcher, authorized, reason};

use std::future::Future;
use std::time::{Duration, Instant};

/// What takes longer is broken; a loaded machine is slow.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// The Node that `tests/node/install` installs; a machine may have none, or an older one.
pub(crate) const NODE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/node/bin/node");

/// Sends a signal by its name, as every shell does by itself: a bare machine has no program for it.
pub(crate) fn signal(name: &str, process: u32) {
    let kill = ["-c", r#"kill -s "$0" "$1""#, name, &process.to_string()];
    assert!(std::process::Command::new("sh").args(kill).status().unwrap().success());
}

/// Waits until `probe` finds something.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut probe: impl FnMut() -> F,
) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(start.elapsed() < DEADLINE, "not within {DEADLINE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
