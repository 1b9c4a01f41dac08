//! `kill -9` of task-service while creates are unanswered: what was acknowledged is there, exactly once, with its event.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Notify;

use crate::group_commit::shared_commits;
use crate::harness::{Backend, Client, DEADLINE, Product, eventually};

const ROUNDS: u32 = 10;
const WRITERS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_on_sqlite() {
    acknowledged_survives(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_on_postgres() {
    acknowledged_survives(Backend::Postgres).await;
}

async fn acknowledged_survives(backend: Backend) {
    let seed = platform::clock::Clock::system().new_id().as_u64_pair().1;
    println!("seed {seed}");
    let mut random = Random(seed);
    let mut product = Product::start_with(backend, &[]).await;
    let mut acknowledged = BTreeMap::new();
    let (mut unanswered, mut sent) = (0, 0);
    // The spans of a process that is killed may be lost: rounds go on until some show that creates shared a COMMIT.
    let is_enough =
        |product: &Product| matches!(backend, Backend::Postgres) || !shared_commits(product).is_empty();
    for round in 0.. {
        if round >= ROUNDS && is_enough(&product) {
            break;
        }
        assert!(round < 5 * ROUNDS, "no creates shared a COMMIT");
        let answered = Arc::<Notify>::default();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(write(product.admin(), round, writer, answered.clone())))
            .collect();
        tokio::time::timeout(DEADLINE, answered.notified()).await.expect("the first create of the round");
        let pause = Duration::from_micros(20_000 + random.next() % 100_000);
        tokio::time::sleep(pause).await;
        product.tasks.kill().await;
        for writer in writers {
            let (created, failed) = writer.await.unwrap();
            sent += created.len() + failed;
            unanswered += failed;
            acknowledged.extend(created);
        }
        product.tasks.restart(product.tasks_address);
        let admin = product.admin();
        eventually("task-service is back", || async {
            (admin.get("/api/tasks").await.status == 200).then_some(())
        })
        .await;
    }
    println!("{sent} creates, {} acknowledged, {unanswered} not", acknowledged.len());
    assert!(!acknowledged.is_empty() && unanswered >= ROUNDS as usize, "no round hit creates in flight");
    let stored = every_task(&product).await;
    for (id, title) in &acknowledged {
        let copies: Vec<_> = stored.iter().filter(|it| it.1 == title).collect();
        assert!(matches!(copies.as_slice(), [(found, _)] if *found == id), "{id} {title}: {copies:?}");
    }
    product.stop().await;
    let mut events: BTreeMap<String, u32> = BTreeMap::new();
    for event in events::testing::events_at(&product.task_database.url).await.unwrap() {
        assert_eq!((event.kind.as_str(), event.revision), ("task.created", 1));
        *events.entry(event.subject_id.to_string()).or_default() += 1;
    }
    let expected: BTreeMap<String, u32> = stored.into_keys().map(|id| (id, 1)).collect();
    assert_eq!(events, expected, "every task has its one event, and every event its task");
}

/// Creates until the first failure, and notifies of each success; answers what was acknowledged, by id, and how many were not.
async fn write(
    client: Client,
    round: u32,
    writer: usize,
    answered: Arc<Notify>,
) -> (Vec<(String, String)>, usize) {
    let mut created = Vec::new();
    for number in 0.. {
        let title = format!("{round}/{writer}/{number}");
        let body = json!({"title": title}).to_string();
        match client.try_send(hyper::Method::POST, "/api/tasks", Some(body)).await {
            Ok(answer) if answer.status == 201 => {
                created.push((answer.text("id").to_owned(), title));
                answered.notify_one();
            }
            Ok(answer) => {
                assert!(matches!(answer.status.as_u16(), 503 | 504), "{answer:?}");
                break;
            }
            Err(error) => panic!("the gateway has gone: {error}"),
        }
    }
    (created, 1)
}

/// Walks the pages: title by id. An id that comes twice is an error of the walk.
async fn every_task(product: &Product) -> BTreeMap<String, String> {
    let (admin, mut all, mut token) = (product.admin(), BTreeMap::new(), String::new());
    loop {
        let page = admin.get(&format!("/api/tasks?page_size=200{token}")).await;
        for item in page.json["items"].as_array().unwrap() {
            let title = item["title"].as_str().unwrap().to_owned();
            assert_eq!(all.insert(item["id"].as_str().unwrap().to_owned(), title), None);
        }
        let Some(next) = page.json["next_page_token"].as_str() else { return all };
        token = format!("&page_token={next}");
    }
}

/// Xorshift: the seed is printed, so a round can be had again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
