//! The workers of a run, some of whose machines misbehave.

use std::collections::BTreeMap;

use access::Role;
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use proto::worker::v1::{CreateWorkerRequest, Worker};
use serde_json::json;
use storage::sqlx::types::Uuid;
use tokio::task::JoinSet;

use super::driver::Driver;
use crate::event_log::Random;
use crate::harness::{Product, Watcher, authorized};

/// A worker of a run.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) id: String,
    pub(super) name: String,
}

/// What makes a machine misbehave; half of them are good.
const TAGS: [(&str, &str); 10] = [
    ("sim:fail", "2"),
    ("sim:fail", "4"),
    ("sim:throttle", "2"),
    ("sim:capacity", "create"),
    ("sim:capacity", "start"),
    ("sim:refuse", "create"),
    ("sim:refuse", "stop"),
    ("sim:start-delay", "2s"),
    ("sim:stuck", "stop"),
    ("sim:list-twice", "true"),
];

/// Creates the worker with this number.
pub(super) async fn create(driver: &Driver, number: u64, seed: u64) {
    let mut random = Random(seed ^ (number << 32));
    let mut tags = BTreeMap::new();
    if random.below(2) == 0 {
        let (name, value) = TAGS[usize::try_from(number).unwrap() / 2 % TAGS.len()];
        tags.insert(name, value);
    }
    make(driver, &format!("worker {number}"), &tags).await;
}

/// Creates a worker whose machine is good, and returns its id.
pub(super) async fn create_good(driver: &Driver, name: &str) -> Uuid {
    make(driver, name, &BTreeMap::new()).await
}

async fn make(driver: &Driver, name: &str, tags: &BTreeMap<&str, &str>) -> Uuid {
    let body = json!({"name": name, "region": "us-east-1", "instance_type": "m5.metal", "tags": tags});
    let answer = driver.ask("/api/workers", &body, Some(&name.replace(' ', "-"))).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let id = answer.text("id").to_owned();
    driver.members.lock().unwrap().push(Member { id: id.clone(), name: name.to_owned() });
    id.parse().unwrap()
}

/// Creates workers whose machines are good at the first replica of worker-service, at once, and returns their ids.
pub(super) async fn create_at_first_replica(driver: &Driver, product: &Product) -> Vec<Uuid> {
    let token = product.token("root", &[Role::Admin], None);
    let client = WorkerServiceClient::new(Watcher::channel(product.workers_address));
    let creating: JoinSet<Member> = (0..4)
        .map(|number| {
            let (mut client, token) = (client.clone(), token.clone());
            async move {
                let name = format!("worker {number} of the first replica");
                let worker = Worker {
                    name: name.clone(),
                    region: "us-east-1".to_owned(),
                    instance_type: "m5.metal".to_owned(),
                    ..Worker::default()
                };
                let request = CreateWorkerRequest { worker: Some(worker), ..CreateWorkerRequest::default() };
                let created = client.create_worker(authorized(request, &token)).await.unwrap();
                Member { id: created.into_inner().worker.unwrap().id, name }
            }
        })
        .collect();
    let created = creating.join_all().await;
    driver.members.lock().unwrap().extend(created.iter().cloned());
    created.iter().map(|it| it.id.parse().unwrap()).collect()
}
