//! A receiver of spans that is absent, refuses, hangs, is slow or comes back costs requests nothing, and what is lost is
//! counted.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::harness::{Held, Process, Product, signal};

const CREATES: usize = 2_000;
/// Creates until the memory is looked at for the first time.
const SETTLED: usize = 200;
const WRITERS: usize = 16;
/// Gateway 2, task-service 6: see the picture of a create.
const SPANS_OF_A_CREATE: usize = 8;
/// One being sent by each of two processes, at its largest.
const BATCHES_IN_FLIGHT: usize = 2 * 512;

/// `tests/collector.rs`, which cargo builds beside this binary.
struct Collector {
    child: Child,
    address: SocketAddr,
    received: tokio::task::JoinHandle<HashSet<String>>,
}

impl Collector {
    async fn start(address: &str, pause_ms: u32) -> Self {
        let this = std::env::current_exe().unwrap();
        let program: PathBuf = this.parent().unwrap().parent().unwrap().join("examples/collector");
        let mut child = Command::new(program)
            .args([address, &pause_ms.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next_line().await.unwrap().unwrap();
        let address = first.strip_prefix("listens at ").unwrap().parse().unwrap();
        let received = tokio::spawn(async move {
            let mut ids = HashSet::new();
            while let Ok(Some(id)) = lines.next_line().await {
                ids.insert(id);
            }
            ids
        });
        Self { child, address, received }
    }

    fn signal(&self, name: &str) {
        signal(name, self.child.id().unwrap());
    }

    /// Kills it; answers the ids of the spans it had received.
    async fn end(mut self) -> HashSet<String> {
        self.child.kill().await.unwrap();
        self.received.await.unwrap()
    }
}

async fn creates(product: &Product, count: usize) {
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let user = product.user("ada");
            tokio::spawn(async move {
                for _ in (writer..count).step_by(WRITERS) {
                    let answer = user.post("/api/tasks", &json!({"title": "t"})).await;
                    assert_eq!(answer.status, 201, "{answer:?}");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

/// Resident memory, in bytes.
fn resident(process: &Process) -> u64 {
    let statm = std::fs::read_to_string(format!("/proc/{}/statm", process.id())).unwrap();
    statm.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 4_096
}

/// What the processes have counted as failed or dropped, by their last word.
fn lost(process: &Process) -> usize {
    let lines = process.lines().logged();
    let last = lines.iter().rfind(|it| it["message"] == "spans were lost, counted until shutdown");
    let count = |it: &Value, name: &str| usize::try_from(it[name].as_u64().unwrap()).unwrap();
    last.map_or(0, |it| count(it, "failed") + count(it, "dropped"))
}

/// Sends the creates, with `meanwhile` in their middle; none may fail. Then holds the counts and the memory to what they
/// may be. `received` ends the receiver.
async fn under_load(
    endpoint: SocketAddr,
    meanwhile: impl AsyncFnOnce(),
    received: impl AsyncFnOnce() -> HashSet<String>,
) {
    let mut product = Product::traced_to(&format!("http://{endpoint}")).await;
    creates(&product, SETTLED).await;
    let settled = [resident(&product.gateway), resident(&product.tasks)];
    creates(&product, CREATES / 2 - SETTLED).await;
    meanwhile().await;
    creates(&product, CREATES / 2).await;
    let after = [resident(&product.gateway), resident(&product.tasks)];
    for (before, after) in settled.iter().zip(after) {
        let allowed = before + (before / 5).max(16 * 1024 * 1024);
        assert!(after <= allowed, "resident memory grew from {before} to {after} bytes");
    }
    product.stop().await;
    let lost = lost(&product.gateway) + lost(&product.tasks);
    let received = received().await.len();
    let expected = CREATES * SPANS_OF_A_CREATE;
    println!("expected {expected}, received {received}, counted as lost {lost}");
    assert!(received + lost >= expected, "{received} received and {lost} lost are less than {expected}");
    let excess = received + lost - expected;
    assert!(excess <= BATCHES_IN_FLIGHT, "{excess} more than expected");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_receiver_costs_nothing_and_every_span_is_counted_as_lost() {
    let nobody = Held::new();
    under_load(nobody.address, async || {}, async || HashSet::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_refuses_costs_nothing_and_every_span_is_counted_as_lost() {
    // It takes the connection and ends it.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    under_load(address, async || {}, async || HashSet::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_hangs_and_goes_on_costs_nothing_and_what_is_lost_is_counted() {
    let collector = Collector::start("127.0.0.1:0", 0).await;
    let address = collector.address;
    collector.signal("STOP");
    let held = tokio::sync::Mutex::new(Some(collector));
    let meanwhile = async || held.lock().await.as_ref().unwrap().signal("CONT");
    let received = async || held.lock().await.take().unwrap().end().await;
    under_load(address, meanwhile, received).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_receiver_costs_nothing_and_what_is_lost_is_counted() {
    let collector = Collector::start("127.0.0.1:0", 300).await;
    under_load(collector.address, async || {}, async || collector.end().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_comes_back_gets_spans_again_and_what_was_lost_is_counted() {
    let nobody = Held::new();
    let back = tokio::sync::Mutex::new(None);
    let meanwhile =
        async || *back.lock().await = Some(Collector::start(&nobody.address.to_string(), 0).await);
    let received = async || {
        let ids = back.lock().await.take().unwrap().end().await;
        assert!(!ids.is_empty(), "nothing arrived after its return");
        ids
    };
    under_load(nobody.address, meanwhile, received).await;
}
