//! Two gateways and two replicas of each service on PostgreSQL, and what is done to them.

use std::net::SocketAddr;
use std::time::Duration;

use access::Role;

use super::Person;
use crate::event_log::Random;
use crate::harness::{Backend, Process, Product, Settings, eventually};

const GATEWAYS: usize = 2;
const PROCESSES: usize = 6;

pub(super) struct Cluster {
    pub(super) product: Product,
    /// The second gateway, task-service and worker-service.
    second: [Process; 3],
    pub(super) gateways: [SocketAddr; 2],
    pub(super) task_services: [SocketAddr; 2],
    pub(super) worker_services: [SocketAddr; 2],
    pub(super) faults: usize,
}

/// The addresses of two replicas: the same port on two addresses of this machine.
fn two(first: SocketAddr) -> String {
    let port = first.port();
    format!("http://127.0.0.1:{port},http://127.0.0.2:{port}")
}

fn beside(first: SocketAddr) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 2], first.port()))
}

impl Cluster {
    pub(super) async fn start() -> Self {
        let settings = Settings {
            of_gateway: vec![("CCM_STREAM_HEARTBEAT".to_owned(), "300ms".to_owned())],
            of_services: vec![("CCM_SIMULATED_START_DELAY".to_owned(), "100ms".to_owned())],
            worker_service: Some(two),
            task_service: Some(two),
            ..Settings::default()
        };
        let product = Product::start_as(Backend::Postgres, tempfile::tempdir().unwrap(), settings).await;
        let task_services = [product.tasks_address, beside(product.tasks_address)];
        let worker_services = [product.workers_address, beside(product.workers_address)];
        let second = [
            product.another_gateway("127.0.0.1:0").await,
            product.another_task_service(&task_services[1].to_string()).await,
            product.another_worker_service(&worker_services[1].to_string()).await,
        ];
        let gateways = [product.gateway_address, second[0].listening("gateway").await];
        Self { product, second, gateways, task_services, worker_services, faults: 0 }
    }

    /// Creates workers that are running.
    pub(super) async fn workers(&self, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(self.product.running_worker().await);
        }
        ids
    }

    pub(super) fn token(&self, person: Person) -> String {
        self.product.token(person.name, &[person.role], person.department)
    }

    pub(super) fn service_token(&self) -> String {
        self.product.token("hub", &[Role::Service], None)
    }

    /// Does something to one of the processes, and waits until it runs again.
    pub(super) async fn disturb(&mut self, random: &mut Random) {
        let index = usize::try_from(random.below(PROCESSES as u64)).unwrap();
        let (place, first) = (index % GATEWAYS, index < 2);
        let kind = index / 2;
        let address = [self.gateways, self.task_services, self.worker_services][kind][place];
        let process = match (kind, place) {
            (0, 0) => &mut self.product.gateway,
            (1, 0) => &mut self.product.tasks,
            (2, 0) => &mut self.product.workers,
            _ => &mut self.second[kind],
        };
        self.faults += 1;
        match random.below(10) {
            0..5 => process.kill().await,
            5..7 => {
                process.signal("TERM");
                process.ended().await;
            }
            _ => {
                process.signal("STOP");
                let longest = if first { 1_000 } else { 2_500 };
                tokio::time::sleep(Duration::from_millis(100 + random.below(longest))).await;
                process.signal("CONT");
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(random.below(300))).await;
        process.restart(address);
        eventually("the process listens again", || {
            if !process.is_running() {
                // Somebody else had its port for a moment.
                process.restart(address);
            }
            let listens = process.lines().logged().iter().any(|it| it["message"] == "listening");
            async move { listens.then_some(()) }
        })
        .await;
    }
}
