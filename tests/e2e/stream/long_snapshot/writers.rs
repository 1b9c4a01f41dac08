//! Those who write meanwhile, at a fixed rate: a client that reads slowly has to read their events, too.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use access::Role;
use http::Method;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{PATIENCE, tasks};
use crate::event_log::Random;
use crate::harness::{Answer, Client, Product};

const WRITERS: u64 = 20;
/// Between the beginnings of two writes of a writer.
const INTERVAL: Duration = Duration::from_secs(1);

pub(super) type Latencies = Vec<Duration>;

/// The revisions of tasks by their ids.
pub(super) type Revisions = HashMap<String, i64>;

/// What stands for the revision of a task that is deleted.
pub(super) const DELETED: i64 = -1;

pub(super) struct Writers {
    writing: Vec<JoinHandle<Revisions>>,
    stop: Arc<AtomicBool>,
    latencies: Arc<Mutex<Latencies>>,
    refused: Arc<AtomicU64>,
    seeds: u64,
}

struct Writer {
    client: Client,
    /// Its own tasks: every twentieth of those that were there before.
    number: u64,
    seeds: u64,
    random: Random,
    /// Writes so far.
    count: u64,
    refused: Arc<AtomicU64>,
    /// Of what Ada may see.
    acknowledged: Revisions,
}

impl Writers {
    pub(super) fn start(product: &Product, seeds: u64) -> Self {
        let (stop, latencies) = (Arc::<AtomicBool>::default(), Arc::<Mutex<_>>::default());
        let refused = Arc::<AtomicU64>::default();
        let writing = (0..WRITERS).map(|number| {
            let token = product.token_for(PATIENCE, "root", &[Role::Admin], None);
            let client = Client::new(&format!("http://{}", product.gateway_address), Some(&token));
            let (random, acknowledged) = (Random(number), Revisions::new());
            let writer =
                Writer { client, number, seeds, random, count: 0, refused: refused.clone(), acknowledged };
            tokio::spawn(writer.write(stop.clone(), latencies.clone()))
        });
        Self { writing: writing.collect(), stop, latencies, refused, seeds }
    }

    /// How long the writes since the last call took.
    pub(super) fn latencies(&self) -> Latencies {
        std::mem::take(&mut *self.latencies.lock().unwrap())
    }

    /// How many answers told that the service is too busy, or did not answer in time.
    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::SeqCst)
    }

    /// Stops them: what Ada has to know then, and the id of the last task.
    pub(super) async fn finish(self, product: &Product) -> (Revisions, String) {
        self.stop.store(true, Ordering::SeqCst);
        let mut expected: Revisions = (1..=self.seeds).map(|it| (tasks::id(it), 1)).collect();
        for writer in self.writing {
            expected.extend(writer.await.unwrap());
        }
        let last = super::super::task(&product.user("ada"), "the last").await;
        expected.insert(last.clone(), 1);
        (expected, last)
    }
}

impl Writer {
    async fn write(mut self, stop: Arc<AtomicBool>, latencies: Arc<Mutex<Latencies>>) -> Revisions {
        // Not all at the same time.
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks.reset_after(INTERVAL * u32::try_from(self.number).unwrap() / u32::try_from(WRITERS).unwrap());
        while !stop.load(Ordering::SeqCst) {
            ticks.tick().await;
            let began = Instant::now();
            self.change().await;
            latencies.lock().unwrap().push(began.elapsed());
        }
        self.acknowledged
    }

    async fn change(&mut self) {
        let id = tasks::id(1 + self.number + WRITERS * self.random.below(self.seeds / WRITERS));
        let path = format!("/api/tasks/{id}");
        match self.random.below(10) {
            // Ada sees one of them.
            0 => self.create(json!({"title": "for Ada", "assignee_id": "ada"}), true).await,
            1 => self.create(json!({"title": "for others"}), false).await,
            2 => {
                let answer = self.ask(Method::DELETE, &path, None).await;
                assert!([204, 404].contains(&answer.status.as_u16()), "{answer:?}");
                self.acknowledged.insert(id, DELETED);
            }
            _ => {
                let description = format!("changed by {}", self.number);
                let answer =
                    self.ask(Method::PATCH, &path, Some(json!({ "description": description }))).await;
                match answer.status.as_u16() {
                    200 => drop(self.acknowledged.insert(id, revision(&answer))),
                    _ => assert_eq!(answer.status, 404, "{answer:?}"),
                }
            }
        }
    }

    /// Asks again when the service is too busy, or does not answer in time: each of these writes may be done twice.
    async fn ask(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.count += 1;
        let client = self.client.with("idempotency-key", &format!("{}-{}", self.number, self.count));
        let body = body.map(|it| it.to_string());
        loop {
            let answer = client.try_send(method.clone(), path, body.clone()).await.unwrap();
            if ![503, 504].contains(&answer.status.as_u16()) {
                return answer;
            }
            self.refused.fetch_add(1, Ordering::SeqCst);
        }
    }

    async fn create(&mut self, task: Value, is_seen: bool) {
        let answer = self.ask(Method::POST, "/api/tasks", Some(task)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        if is_seen {
            self.acknowledged.insert(answer.text("id").to_owned(), revision(&answer));
        }
    }
}

fn revision(answer: &Answer) -> i64 {
    answer.json["revision"].as_i64().unwrap()
}
