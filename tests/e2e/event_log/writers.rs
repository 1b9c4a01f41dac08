//! Those who change workers, and note when they asked and when they were answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use proto::worker::v1::worker_service_client::WorkerServiceClient;
use proto::worker::v1::{UpdateWorkerRequest, Worker};
use tonic::Status;

use super::Random;
use super::oracle::Outcome;
use crate::harness::{Watcher, authorized, reason};

pub(crate) struct Writer {
    pub(crate) name: u64,
    pub(crate) addresses: [SocketAddr; 3],
    pub(crate) token: String,
    pub(crate) subjects: Arc<Vec<String>>,
    pub(crate) random: Random,
}

impl Writer {
    /// Makes requests, one after the other, each to any replica.
    pub(crate) async fn write(mut self, requests: u64) -> Vec<(String, Outcome)> {
        let clients = self.addresses.map(|it| WorkerServiceClient::new(Watcher::channel(it)));
        let mut outcomes = Vec::new();
        for number in 0..requests {
            let subject =
                &self.subjects[usize::try_from(self.random.below(self.subjects.len() as u64)).unwrap()];
            let client = clients[usize::try_from(self.random.below(3)).unwrap()].clone();
            let request = format!("writer {} request {number}", self.name);
            let outcome = update(client, &self.token, subject, &request).await;
            outcomes.push((request, outcome));
            if self.random.below(4) == 0 {
                tokio::time::sleep(Duration::from_millis(self.random.below(20))).await;
            }
        }
        outcomes
    }
}

/// A change that succeeds, however often it has to be asked for.
pub(crate) async fn last(address: SocketAddr, token: &str, subject: &str) -> Vec<(String, Outcome)> {
    let mut outcomes = Vec::new();
    for number in 0..100 {
        let request = format!("{LAST} {number}");
        let client = WorkerServiceClient::new(Watcher::channel(address));
        let outcome = update(client, token, subject, &request).await;
        outcomes.push((request, outcome));
        if matches!(outcome, Outcome::Acknowledged { .. }) {
            return outcomes;
        }
    }
    panic!("the last change is refused: {outcomes:?}");
}

/// What the name of the last change begins with.
pub(crate) const LAST: &str = "the last";

async fn update(
    mut client: WorkerServiceClient<tonic::transport::Channel>,
    token: &str,
    subject: &str,
    request: &str,
) -> Outcome {
    let worker = Worker { id: subject.to_owned(), name: request.to_owned(), ..Worker::default() };
    let message = UpdateWorkerRequest { worker: Some(worker), ..UpdateWorkerRequest::default() };
    let begun = Instant::now();
    let answer =
        tokio::time::timeout(Duration::from_secs(30), client.update_worker(authorized(message, token)));
    match answer.await {
        Ok(Ok(_)) => Outcome::Acknowledged { begun, ended: Instant::now() },
        Ok(Err(status)) => of(&status),
        Err(_) => Outcome::Unknown,
    }
}

/// A COMMIT that the database has refused changed nothing, which is what its reason says; a replica that is away leaves the
/// outcome open.
fn of(status: &Status) -> Outcome {
    if reason(status) == "DATABASE_UNAVAILABLE" { Outcome::Refused } else { Outcome::Unknown }
}
