//! Processes that are killed, suspended or stopped at the very point where it matters. The random runs meet these points by
//! chance, these tests always. Each ends with the verdict of the random runs.

mod dispatcher;
mod reconciler;

use std::time::Duration;

use super::cluster::{Fault, Kind, Replica};
use super::oracle::{Run, verdict};
use super::records::Records;
use super::setting;
use crate::harness::{Backend, Process, Product, Settings, eventually};

/// A product whose second replicas have the same ports at the address 127.0.0.2.
async fn product(backend: Backend, of_services: &[(&str, &str)]) -> Product {
    product_on(None, backend, of_services).await
}

/// The same with this database of worker-service.
async fn product_on(
    worker_database: Option<String>,
    backend: Backend,
    of_services: &[(&str, &str)],
) -> Product {
    let common = [
        ("CCM_SIMULATED_START_DELAY", "200ms"),
        ("CCM_SIMULATED_STOP_DELAY", "100ms"),
        // No sweep mends anything.
        ("CCM_SWEEP_INTERVAL", "1h"),
        ("RUST_LOG", "info,worker_service=debug,task_service=debug,sqlx=warn"),
    ];
    let is_shared = matches!(backend, Backend::Postgres);
    let two = |first: std::net::SocketAddr| {
        let port = first.port();
        format!("http://127.0.0.1:{port},http://127.0.0.2:{port}")
    };
    let settings = Settings {
        of_services: common.iter().chain(of_services).map(|(name, value)| setting(name, value)).collect(),
        of_gateway: vec![setting("CCM_REQUEST_TIMEOUT", "2s")],
        worker_service: is_shared.then_some(two),
        task_service: is_shared.then_some(two),
        worker_database,
        ..Settings::default()
    };
    Product::start_as(backend, tempfile::tempdir().unwrap(), settings).await
}

/// Where the second replica of a service is.
fn second(first: std::net::SocketAddr) -> String {
    format!("127.0.0.2:{}", first.port())
}

fn has_logged(process: &Process, text: &str) -> bool {
    process.lines().all().iter().any(|it| it.contains(text))
}

/// Waits until a process has logged a line with this text.
async fn logs(process: &Process, text: &str) {
    eventually(text, || async { has_logged(process, text).then_some(()) }).await;
}

/// Stops what is left and judges the run, in which a process was suspended or killed.
async fn judge(product: &mut Product, more: Vec<Process>) -> Records {
    for mut process in more {
        process.signal("TERM");
        process.ended().await;
    }
    product.stop().await;
    let replica = Replica { service: "any", address: product.workers_address };
    let from = platform::clock::Micros(0);
    let fault = Fault { kind: Kind::Suspend(Duration::from_secs(9)), replica, from, until: super::now() };
    let run =
        Run { records: Records::read(product).await, acknowledged: Vec::new(), faults: vec![fault], seed: 0 };
    verdict(&run);
    run.records
}
