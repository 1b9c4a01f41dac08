//! Several replicas of a service, and connections that end.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use telemetry::otlp::AttributeValue;
use tempfile::TempDir;

use crate::harness::{Backend, Client, Process, Product, Settings, eventually};

const READERS: usize = 6;
const WRITERS: usize = 2;

/// Requests until it is told to end.
struct Load {
    stop: Arc<AtomicBool>,
    callers: Vec<tokio::task::JoinHandle<Outcomes>>,
}

#[derive(Default, Debug)]
struct Outcomes {
    reads: usize,
    writes: usize,
    failed_reads: Vec<String>,
    failed_writes: Vec<String>,
}

impl Load {
    fn on(client: &Client) -> Self {
        let stop = Arc::<AtomicBool>::default();
        let caller = |it: usize| tokio::spawn(call(client.clone(), it < WRITERS, stop.clone()));
        Self { callers: (0..READERS + WRITERS).map(caller).collect(), stop }
    }

    async fn stop(self) -> Outcomes {
        self.stop.store(true, Ordering::SeqCst);
        let mut all = Outcomes::default();
        for caller in self.callers {
            let of_one = caller.await.unwrap();
            all.reads += of_one.reads;
            all.writes += of_one.writes;
            all.failed_reads.extend(of_one.failed_reads);
            all.failed_writes.extend(of_one.failed_writes);
        }
        all
    }
}

async fn call(client: Client, writes: bool, stop: Arc<AtomicBool>) -> Outcomes {
    let mut outcomes = Outcomes::default();
    let body = json!({"name": "lab", "region": "us-east-1", "instance_type": "m5.metal"});
    while !stop.load(Ordering::SeqCst) {
        if writes {
            let answer = client.post("/api/workers", &body).await;
            outcomes.writes += 1;
            match answer.status.as_u16() {
                201 => {}
                503 | 504 => outcomes.failed_writes.push(format!("{answer:?}")),
                _ => panic!("{answer:?}"),
            }
        } else {
            let answer = client.get("/api/workers?page_size=5").await;
            outcomes.reads += 1;
            if answer.status != 200 {
                outcomes.failed_reads.push(format!("{answer:?}"));
            }
        }
    }
    outcomes
}

/// How many calls a service has answered.
fn calls(process: &Process) -> usize {
    process.lines().logged().iter().filter(|it| it["message"] == "call").count()
}

async fn answers(process: &Process, further: usize) {
    let before = calls(process);
    eventually("the replica answers", || async { (calls(process) >= before + further).then_some(()) }).await;
}

/// A name, and what is behind it, for the processes that are started by a program of this.
struct Name(std::path::PathBuf);

impl Name {
    fn new(directory: &TempDir, addresses: &[&str]) -> Self {
        let name = Self(directory.path().join("hosts"));
        name.is_at(addresses);
        name
    }

    /// In place: the file is mounted.
    fn is_at(&self, addresses: &[&str]) {
        let lines: Vec<String> = addresses.iter().map(|it| format!("{it} workers.test\n")).collect();
        std::fs::write(&self.0, format!("127.0.0.1 localhost\n{}", lines.concat())).unwrap();
    }

    fn known_to(&self) -> Vec<String> {
        let mount = format!(r#"mount --bind '{}' /etc/hosts && exec "$@""#, self.0.display());
        let user = if storage::testing::is_root() { vec![] } else { vec!["--map-root-user"] };
        let words = ["unshare", "--mount"].into_iter().chain(user).chain(["sh", "-c", &mount, "sh"]);
        words.map(ToOwned::to_owned).collect()
    }
}

async fn two_behind_a_name() -> (Product, Process, Name) {
    let directory = tempfile::tempdir().unwrap();
    let name = Name::new(&directory, &["127.0.0.1", "127.0.0.2"]);
    let settings = Settings {
        worker_service: Some(|first| format!("dns:workers.test:{}", first.port())),
        clients_by: name.known_to(),
        ..Settings::default()
    };
    let product = Product::start_as(Backend::Postgres, directory, settings).await;
    let second =
        product.another_worker_service(&format!("127.0.0.2:{}", product.workers_address.port())).await;
    (product, second, name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_dies_costs_no_read_and_is_used_again_when_it_is_back() {
    let (product, mut second, _name) = two_behind_a_name().await;
    let load = Load::on(&product.admin());
    tokio::join!(answers(&product.workers, 50), answers(&second, 50));
    second.kill().await;
    answers(&product.workers, 200).await;
    second.restart(format!("127.0.0.2:{}", product.workers_address.port()).parse().unwrap());
    answers(&second, 50).await;
    let outcomes = load.stop().await;
    assert!(outcomes.failed_reads.is_empty(), "{outcomes:?}");
    assert!(outcomes.failed_writes.len() <= WRITERS, "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_a_name_no_longer_has_is_called_no_more_until_it_has_it_again() {
    let (product, second, name) = two_behind_a_name().await;
    let load = Load::on(&product.admin());
    tokio::join!(answers(&product.workers, 20), answers(&second, 20));
    name.is_at(&["127.0.0.1"]);
    eventually("the second replica is called no more", || async {
        let before = calls(&second);
        answers(&product.workers, 100).await;
        (calls(&second) == before).then_some(())
    })
    .await;
    name.is_at(&["127.0.0.1", "127.0.0.2"]);
    answers(&second, 20).await;
    let outcomes = load.stop().await;
    assert!(outcomes.failed_reads.is_empty() && outcomes.failed_writes.is_empty(), "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_replica_that_was_never_there_costs_nothing() {
    let settings = Settings {
        worker_service: Some(|first| format!("http://127.0.0.1:1,http://{first}")),
        ..Settings::default()
    };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let load = Load::on(&product.admin());
    answers(&product.workers, 100).await;
    let outcomes = load.stop().await;
    assert!(outcomes.failed_reads.is_empty() && outcomes.failed_writes.is_empty(), "{outcomes:?}");
    eventually("one replica serves", async || {
        let ready = product.anonymous().get("/readyz").await;
        (ready.json["services"][1] == json!({"name": "worker-service", "status": "serving"})).then_some(())
    })
    .await;
}

/// The address of a replica whose connections end with their first request.
pub(crate) fn fleeting() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // HTTP/2's empty SETTINGS; then the client's preface is read.
            let _ = stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).and_then(|()| stream.read(&mut [0; 1024]));
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_was_sent_again_says_how_often_as_a_number() {
    let settings = Settings {
        worker_service: Some(|first| format!("http://{},http://{first}", fleeting())),
        ..Settings::default()
    };
    let mut product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    for _ in 0..4 {
        assert_eq!(product.admin().get("/api/workers").await.status, 200);
    }
    product.stop().await;
    let spans = product.collector.spans();
    let counts: Vec<_> = spans.iter().filter_map(|it| it.attributes.get("ccm.resend_count")).collect();
    assert!(!counts.is_empty() && counts.iter().all(|it| **it == AttributeValue::Integer(1)), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_end_by_age_under_load_and_no_request_fails() {
    let of_services = [("CCM_MAX_CONNECTION_AGE", "100ms"), ("RUST_LOG", "info,net=debug,sqlx=warn")];
    let of_services = of_services.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let settings = Settings { of_services, ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let load = Load::on(&product.admin());
    eventually("thirty connections have ended, and requests were answered meanwhile", || async {
        let (lines, requests) = (product.workers.lines().logged(), product.gateway.lines().logged());
        let ended = lines.iter().filter(|it| {
            it["message"] == "a connection reached its maximum age and accepts no more requests"
        });
        let answered = |method: &str| {
            requests.iter().filter(|it| it["message"] == "request" && it["method"] == method).count()
        };
        (ended.count() >= 30 && answered("GET") > 20 && answered("POST") > 5).then_some(())
    })
    .await;
    let outcomes = load.stop().await;
    assert!(outcomes.failed_reads.is_empty() && outcomes.failed_writes.is_empty(), "{outcomes:?}");
    assert!(outcomes.reads > 20 && outcomes.writes > 5, "{outcomes:?}");
}
