//! The processes of a run, and what is done to them.

use std::net::SocketAddr;
use std::time::Duration;

use platform::clock::Micros;

use super::records::{applying, called, open};
use super::relay::Relay;
use super::{LEASE, TOKEN_LIFETIME, now, setting};
use crate::event_log::Random;
use crate::harness::{Backend, Process, Product, Settings, eventually};

/// Its place among the replicas.
const FIRST_WORKER_SERVICE: usize = 2;

/// The product with further replicas.
pub(super) struct Cluster {
    pub(super) product: Product,
    pub(super) replicas: Vec<Replica>,
    more: Vec<Process>,
    /// Between the first worker-service and its database, if that is PostgreSQL.
    pub(super) relay: Option<Relay>,
    pub(super) faults: Vec<Fault>,
}

/// One process of the product.
#[derive(Clone, Debug)]
pub(super) struct Replica {
    pub(super) service: &'static str,
    pub(super) address: SocketAddr,
}

/// What can be done to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// SIGTERM, and a new start.
    Stop,
    /// SIGKILL, and a new start.
    Kill,
    /// SIGSTOP, and SIGCONT after this time.
    Suspend(Duration),
    /// What it writes to its database arrives so much later.
    Delay(Duration),
    /// The provider does not answer. A call takes effect at the end, when its caller does not wait for it any more.
    Unanswered,
}

/// Something that was done to a process.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    pub(super) replica: Replica,
    pub(super) from: Micros,
    pub(super) until: Micros,
}

impl Fault {
    /// Whether the process may have lost a lease.
    pub(super) fn is_harsh(&self) -> bool {
        self.kind != Kind::Stop
    }
}

/// The addresses of three replicas: the same port on three addresses of this machine.
fn three(first: SocketAddr) -> String {
    let port = first.port();
    format!("http://127.0.0.1:{port},http://127.0.0.2:{port},http://127.0.0.3:{port}")
}

impl Cluster {
    /// Three replicas of each service on PostgreSQL, one on SQLite. `rate` is that of the provider.
    pub(super) async fn start(backend: Backend, rate: u32) -> Self {
        let of_services = [
            setting("CCM_RECONCILE_LEASE", "4s"),
            setting("CCM_ACTION_LEASE", "4s"),
            setting("CCM_ACTION_ATTEMPTS", "200"),
            setting("CCM_SIMULATED_START_DELAY", "200ms"),
            setting("CCM_SIMULATED_STOP_DELAY", "100ms"),
            setting("CCM_SIMULATED_TOKEN_LIFETIME", &format!("{}s", TOKEN_LIFETIME.as_secs())),
            setting("CCM_SIMULATED_RATE", &rate.to_string()),
            setting("CCM_SWEEP_INTERVAL", "2s"),
            setting("CCM_FORCE_STOP_AFTER", "2s"),
        ];
        let is_shared = matches!(backend, Backend::Postgres);
        let relay = if is_shared { Some(Relay::start().await) } else { None };
        let settings = Settings {
            worker_database: relay.as_ref().map(|it| it.url.clone()),
            of_services: of_services.to_vec(),
            of_gateway: vec![setting("CCM_REQUEST_TIMEOUT", "3s")],
            worker_service: is_shared.then_some(three),
            task_service: is_shared.then_some(three),
            ..Settings::default()
        };
        let product = Product::start_as(backend, tempfile::tempdir().unwrap(), settings).await;
        let mut replicas = vec![
            Replica { service: "gateway", address: product.gateway_address },
            Replica { service: "task-service", address: product.tasks_address },
            Replica { service: "worker-service", address: product.workers_address },
        ];
        let mut more = Vec::new();
        for (host, relay) in [2, 3].into_iter().zip(relay.iter().cycle()) {
            let at = |it: SocketAddr| SocketAddr::from(([127, 0, 0, host], it.port()));
            let (tasks, workers) = (at(product.tasks_address), at(product.workers_address));
            more.push(product.another_task_service(&tasks.to_string()).await);
            replicas.push(Replica { service: "task-service", address: tasks });
            more.push(product.another_worker_service_on(&relay.direct, &workers.to_string()).await);
            replicas.push(Replica { service: "worker-service", address: workers });
        }
        Self { product, replicas, more, relay, faults: Vec::new() }
    }

    pub(super) fn addresses(&self, service: &str) -> Vec<SocketAddr> {
        self.replicas.iter().filter(|it| it.service == service).map(|it| it.address).collect()
    }

    /// The replicas of a service, by their index.
    pub(super) fn of_service(&self, service: &str) -> Vec<usize> {
        (0..self.replicas.len()).filter(|it| self.replicas[*it].service == service).collect()
    }

    /// The URL of worker-service's database, without the relay.
    pub(super) fn worker_database(&self) -> &str {
        self.relay.as_ref().map_or(&self.product.worker_database.url, |it| &it.direct)
    }

    pub(super) fn process(&mut self, index: usize) -> &mut Process {
        match index {
            0 => &mut self.product.gateway,
            1 => &mut self.product.tasks,
            FIRST_WORKER_SERVICE => &mut self.product.workers,
            _ => &mut self.more[index - 3],
        }
    }

    /// Does something to a process that the seed chooses, and waits until it runs again.
    pub(super) async fn disturb(&mut self, random: &mut Random, gently: bool) {
        let mut index = usize::try_from(random.below(self.replicas.len() as u64)).unwrap();
        let beyond_lease = LEASE + Duration::from_millis(500 + random.below(1_500));
        let short = Duration::from_millis(200 + random.below(800));
        let kind = match random.below(100) {
            _ if gently => Kind::Stop,
            0..30 => Kind::Kill,
            30..45 => Kind::Stop,
            45..60 if self.relay.is_some() => Kind::Delay(beyond_lease),
            45..92 if index > 0 => Kind::Suspend(beyond_lease),
            _ => Kind::Suspend(short),
        };
        if matches!(kind, Kind::Delay(_)) {
            index = FIRST_WORKER_SERVICE;
        }
        let (replica, from) = (self.replicas[index].clone(), now());
        if self.replicas[index].service != "gateway" && !gently {
            self.is_busy(index).await;
        }
        let relay = self.relay.take();
        let process = self.process(index);
        match kind {
            Kind::Stop => {
                process.signal("TERM");
                process.ended().await;
            }
            Kind::Kill => process.kill().await,
            Kind::Suspend(time) => {
                process.signal("STOP");
                tokio::time::sleep(time).await;
                process.signal("CONT");
            }
            Kind::Delay(time) => {
                let relay = relay.as_ref().expect("a relay");
                relay.block();
                tokio::time::sleep(time).await;
                relay.unblock();
            }
            Kind::Unanswered => unreachable!("no process is disturbed when the provider does not answer"),
        }
        self.relay = relay;
        if matches!(kind, Kind::Stop | Kind::Kill) {
            tokio::time::sleep(Duration::from_millis(random.below(1_000))).await;
            self.restart(index).await;
        }
        self.faults.push(Fault { kind, replica, from, until: now() });
    }

    /// Waits a moment for something that a service does: a provider has just been called, or worker-service is being.
    async fn is_busy(&self, index: usize) {
        const SEVERAL: usize = 200;
        let is_worker_service = self.replicas[index].service == "worker-service";
        let databases = [&self.product.task_database.url, &self.product.provider_database.url];
        let database = open(databases[usize::from(is_worker_service)]).await;
        let before = if is_worker_service { called(&database).await } else { 0 };
        for _ in 0..SEVERAL {
            let now = if is_worker_service { called(&database).await } else { applying(&database).await };
            if now > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        database.close().await;
    }

    pub(super) async fn restart(&mut self, index: usize) {
        let Replica { service, address } = self.replicas[index].clone();
        let process = self.process(index);
        process.restart(address);
        let what = format!("{service} listens again at {address}");
        eventually(&what, || {
            if !process.is_running() {
                // Somebody else had its port for a moment.
                println!("{service} has ended: {:?}", process.lines().all().last());
                process.restart(address);
            }
            let lines = process.lines().logged();
            let listens = lines.iter().any(|it| it["message"] == "listening");
            async move { listens.then_some(()) }
        })
        .await;
    }

    /// Stops everything, so that nothing changes any more.
    pub(super) async fn stop(&mut self) {
        for process in &mut self.more {
            process.signal("TERM");
        }
        for process in &mut self.more {
            process.ended().await;
        }
        self.product.stop().await;
    }
}
