//! Watches that begin with a snapshot, while others write.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use access::Role;
use proto::event::v1::event::Resource;
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{SnapshotCursor, WatchEventsRequest, WatchStart, watch_subject};
use serde_json::json;
use tonic::Code;

use crate::harness::{Backend, Client, Product, Watcher, eventually, reason};

/// More than one page of a snapshot.
const TASKS: usize = 300;
const WRITERS: usize = 4;

fn token(product: &Product) -> String {
    product.token("ada", &[Role::User], None)
}

fn snapshot(after: Option<SnapshotCursor>) -> WatchEventsRequest {
    let start = if after.is_some() { WatchStart::Unspecified } else { WatchStart::Snapshot };
    WatchEventsRequest { start: start.into(), snapshot_after: after, ..WatchEventsRequest::default() }
}

async fn create(client: &Client) -> String {
    let answer = client.post("/api/tasks", &json!({"title": "one of many"})).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.text("id").to_owned()
}

/// Creates, changes and deletes tasks until it is stopped.
async fn write(client: Client, old: Vec<String>, stop: Arc<AtomicBool>) {
    for (count, id) in old.iter().cycle().enumerate() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let path = format!("/api/tasks/{id}");
        match count % 10 {
            0 => drop(create(&client).await),
            // The task may be deleted.
            1 if count > 100 => drop(client.delete(&path).await),
            _ => drop(client.patch(&path, &json!({"description": format!("change {count}")})).await),
        }
    }
}

/// What a subscriber knows of the tasks.
#[derive(Default)]
struct Known {
    /// The last revision of each task that it was sent, deleted ones included.
    revisions: BTreeMap<String, i64>,
    deleted: Vec<String>,
}

impl Known {
    /// Takes a message, and fails if it is not the one that has to come next.
    fn take(&mut self, item: Item) -> Option<SnapshotCursor> {
        match item {
            Item::Subject(subject) => {
                let Some(watch_subject::Resource::Task(task)) = subject.resource else { panic!("no task") };
                let known = self.revisions.insert(task.id.clone(), task.revision);
                assert_eq!(known, None, "{} is in the snapshot twice, or after its events", task.id);
            }
            Item::Event(event) => {
                let known = self.revisions.insert(event.subject_id.clone(), event.revision).unwrap_or(0);
                assert_eq!(event.revision, known + 1, "{} {}", event.subject_id, event.r#type);
                if event.r#type == "task.deleted" {
                    self.deleted.push(event.subject_id);
                }
            }
            Item::SnapshotProgress(progress) => return Some(progress.cursor.expect("a cursor")),
            Item::Removed(removed) => panic!("{removed:?}"),
            Item::Started(_) | Item::SnapshotEnd(_) | Item::Progress(_) | Item::Report(_) => {}
        }
        None
    }
}

/// Reads a snapshot, which is cut off and resumed at every second point that allows it.
async fn read(product: &Product, token: &str) -> (Watcher, Known, usize) {
    let (mut known, mut resumed, mut points) = (Known::default(), 0, 0);
    let mut watcher = Watcher::start(product.tasks_address, token, snapshot(None)).await.unwrap();
    loop {
        let item = watcher.next().await.unwrap();
        let is_end = matches!(item, Item::SnapshotEnd(_));
        let point = known.take(item);
        if is_end {
            return (watcher, known, resumed);
        }
        if let Some(point) = point {
            points += 1;
            if points % 2 == 1 {
                watcher = Watcher::start(product.tasks_address, token, snapshot(Some(point))).await.unwrap();
                resumed += 1;
            }
        }
    }
}

async fn nothing_is_missing_and_nothing_comes_twice(backend: Backend) {
    let product = Product::start_with(backend, &[]).await;
    let client = product.user("ada");
    let mut old = Vec::new();
    for _ in 0..TASKS {
        old.push(create(&client).await);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let own = old.iter().skip(writer).step_by(WRITERS).cloned().collect();
            tokio::spawn(write(product.user("ada"), own, stop.clone()))
        })
        .collect();
    let token = token(&product);
    let readers = futures_util::future::join_all((0..6).map(|_| read(&product, &token))).await;
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    let last = create(&client).await;
    for (mut watcher, mut known, resumed) in readers {
        assert!(resumed > 0, "no snapshot was resumed");
        while !known.revisions.contains_key(&last) {
            known.take(watcher.next().await.unwrap());
        }
        for id in &known.deleted {
            known.revisions.remove(id);
        }
        assert_eq!(known.revisions, listed(&client).await);
    }
}

/// The revisions of all tasks, as REST lists them.
async fn listed(client: &Client) -> BTreeMap<String, i64> {
    let (mut revisions, mut page) = (BTreeMap::new(), String::new());
    loop {
        let answer = client.get(&format!("/api/tasks?page_size=200&page_token={page}")).await;
        for task in answer.json["items"].as_array().unwrap() {
            revisions.insert(task["id"].as_str().unwrap().to_owned(), task["revision"].as_i64().unwrap());
        }
        match answer.json["next_page_token"].as_str() {
            Some(next) if !next.is_empty() => next.clone_into(&mut page),
            _ => return revisions,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missing_in_and_after_a_snapshot_and_nothing_comes_twice_on_sqlite() {
    nothing_is_missing_and_nothing_comes_twice(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missing_in_and_after_a_snapshot_and_nothing_comes_twice_on_postgresql() {
    nothing_is_missing_and_nothing_comes_twice(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn subscribers_that_do_not_read_their_snapshots_keep_nobody_from_the_database() {
    let product = Product::start().await;
    let client = product.user("ada");
    // More than what a connection holds, so that each snapshot is stuck in the middle.
    for _ in 0..40 {
        let body = json!({"title": "large", "description": "\u{1F980}".repeat(10_000)});
        assert_eq!(client.post("/api/tasks", &body).await.status, 201);
    }
    let token = token(&product);
    let mut stuck = Vec::new();
    for _ in 0..8 {
        stuck.push(Watcher::start(product.tasks_address, &token, snapshot(None)).await.unwrap());
    }
    for _ in 0..20 {
        assert_eq!(client.get("/api/tasks?page_size=1").await.status, 200);
        create(&client).await;
    }
    eventually("the product is ready", async || (client.get("/readyz").await.status == 200).then_some(()))
        .await;
    // And each of them goes on where it was.
    for mut watcher in stuck {
        let mut known = Known::default();
        loop {
            let item = watcher.next().await.unwrap();
            let is_end = matches!(item, Item::SnapshotEnd(_));
            known.take(item);
            if is_end {
                break;
            }
        }
        assert!(known.revisions.len() >= 40, "{}", known.revisions.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_of_named_subjects_is_followed_by_their_events() {
    let product = Product::start().await;
    let client = product.user("ada");
    let (mut named, other) = (Vec::new(), create(&client).await);
    // More than one statement reads.
    for _ in 0..50 {
        named.push(create(&client).await);
    }
    let request = WatchEventsRequest { subject_ids: named.clone(), ..snapshot(None) };
    let mut watcher = Watcher::start(product.tasks_address, &token(&product), request).await.unwrap();
    let mut known = Known::default();
    for id in [&other, &named[0]] {
        client.patch(&format!("/api/tasks/{id}"), &json!({"title": "changed"})).await;
    }
    while known.revisions.get(&named[0]) != Some(&2) {
        known.take(watcher.next().await.unwrap());
    }
    named.sort();
    assert!(known.revisions.keys().eq(&named));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_of_the_log_ends_with_its_last_event() {
    let product = Product::start().await;
    let client = product.user("ada");
    for _ in 0..3 {
        create(&client).await;
    }
    let from = |until| WatchEventsRequest {
        start: WatchStart::Earliest.into(),
        until: Some(until),
        ..WatchEventsRequest::default()
    };
    let token = token(&product);
    let mut watcher = Watcher::start(product.tasks_address, &token, from(2)).await.unwrap();
    let positions = [watcher.event().await.position, watcher.event().await.position];
    assert_eq!(positions, [1, 2]);
    assert!(watcher.is_complete().await);
    // What the caller does not see is passed over, and the end is told.
    let eve = product.token("eve", &[Role::User], None);
    let mut watcher = Watcher::start(product.tasks_address, &eve, from(3)).await.unwrap();
    assert!(matches!(watcher.next().await, Ok(Item::Progress(it)) if it.position == 3));
    assert!(watcher.is_complete().await);
    let Err(beyond) = Watcher::start(product.tasks_address, &token, from(99)).await else { panic!() };
    assert_eq!((beyond.code(), reason(&beyond).as_str()), (Code::InvalidArgument, "INVALID_INPUT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_new_subscriber_is_sent_of_a_worker_is_whole() {
    let product = Product::start().await;
    let id = product.worker().await;
    let mut watcher =
        Watcher::start(product.workers_address, &token(&product), snapshot(None)).await.unwrap();
    let Item::Subject(subject) = watcher.next().await.unwrap() else { panic!("no subject") };
    let Some(watch_subject::Resource::Worker(worker)) = subject.resource else { panic!("no worker") };
    assert_eq!(worker.id, id);
    product.admin().patch(&format!("/api/workers/{id}"), &json!({"name": "renamed"})).await;
    loop {
        if let Item::Event(event) = watcher.next().await.unwrap() {
            let Some(Resource::Worker(worker)) = event.resource else { panic!("no worker") };
            if worker.name == "renamed" {
                let (before, after) = (event.scope_before.unwrap(), event.scope_after.unwrap());
                assert!(before.everyone && after.everyone && event.changed_before.is_some());
                return;
            }
        }
    }
}
