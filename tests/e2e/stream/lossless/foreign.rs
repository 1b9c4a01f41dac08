//! Clients of other makes, which replay all events. They reach the gateways by a way that is cut at random, and that leads to
//! the other gateway next.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::Person;
use super::cluster::Cluster;
use super::oracle::{Logs, Told, compare};
use super::writers::LAST;
use crate::event_log::Random;
use crate::harness::DEADLINE;
use crate::stream::follower::{Follower, Make};

/// A connection lives at most this many milliseconds; one in thirty lives until something else ends it.
const LIFE: u64 = 1_500;

pub(super) struct Foreign {
    person: Person,
    make: Make,
    follower: Follower,
    way: Way,
    last_id: Option<String>,
    /// All events of tasks, and of workers.
    told: [Vec<Told>; 2],
}

impl Foreign {
    pub(super) async fn start(cluster: &Cluster, person: Person, make: Make, seed: u64) -> Self {
        let way = Way::start(cluster.gateways, Random(seed)).await;
        let url = format!("http://{}/api/events/stream?since=earliest", way.address);
        let follower = Follower::start(make, &url, &cluster.token(person));
        Self { person, make, follower, way, last_id: None, told: [Vec::new(), Vec::new()] }
    }

    /// Follows until the last changes.
    pub(super) async fn follow(mut self) -> Self {
        let last_task = format!("{LAST} of {}", self.person.name);
        let mut missing = [Some(last_task.as_str()), Some(LAST)];
        while missing.iter().any(Option::is_some) {
            // It waits for some seconds before it connects again, and may have to do it several times.
            let told = tokio::time::timeout(DEADLINE * 4, self.follower.told.recv()).await;
            let told = told.unwrap_or_else(|_| panic!("{:?} is told nothing more", self.make)).unwrap();
            let Some((log, told)) = self.take(&told) else { continue };
            if told.title.as_deref() == missing[log] {
                missing[log] = None;
            }
        }
        self
    }

    fn take(&mut self, message: &Value) -> Option<(usize, &Told)> {
        let name = message["name"].as_str().unwrap();
        let log = match name {
            "connected" | "heartbeat" | "system.sse.shutdown" | "worker.metrics.updated" => return None,
            _ if name.starts_with("task.") => 0,
            _ if name.starts_with("worker.") => 1,
            _ => panic!("{:?} of {}: {message}", self.make, self.person.name),
        };
        // The client can resume after each of them.
        let id = message["id"].as_str().map(ToOwned::to_owned);
        assert_ne!(id, self.last_id, "{message} has no id of its own");
        self.last_id = id;
        self.told[log].push(Told::new(name, &message["event"]));
        self.told[log].last().map(|it| (log, it))
    }

    pub(super) fn cuts(&self) -> u64 {
        self.way.cuts.load(Ordering::SeqCst)
    }

    /// Compares what it got with what it had to get.
    pub(super) fn check(&self, logs: &Logs) {
        for (told, expected) in self.told.iter().zip(&logs.told_to(self.person)) {
            compare(self.person, &format!("{:?}", self.make), told, expected);
        }
    }
}

/// A way to both gateways by turns.
struct Way {
    address: SocketAddr,
    cuts: Arc<AtomicU64>,
    passing: JoinHandle<()>,
}

impl Way {
    async fn start(gateways: [SocketAddr; 2], mut random: Random) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let cuts = Arc::<AtomicU64>::default();
        let counted = cuts.clone();
        let passing = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            for gateway in gateways.into_iter().cycle() {
                let Ok((client, _)) = listener.accept().await else { return };
                let life = if random.below(30) == 0 { u64::MAX } else { random.below(LIFE) };
                connections.spawn(pass(client, gateway, Duration::from_millis(life), counted.clone()));
            }
        });
        Self { address, cuts, passing }
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.passing.abort();
    }
}

async fn pass(mut client: TcpStream, gateway: SocketAddr, life: Duration, cuts: Arc<AtomicU64>) {
    let Ok(mut gateway) = TcpStream::connect(gateway).await else { return };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut gateway) => {}
        () = tokio::time::sleep(life) => drop(cuts.fetch_add(1, Ordering::SeqCst)),
    }
}
