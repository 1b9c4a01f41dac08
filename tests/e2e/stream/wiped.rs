//! A log that is not the one that clients know: its database was replaced under the running gateway, or the log was trimmed.

use proto::event::v1::WatchStart;
use serde_json::json;
use storage::sqlx::{self, AssertSqlSafe, Connection as _, PgConnection};

use super::{snapshot, task};
use crate::harness::{Backend, Block, Product, Sse, Watcher, eventually};
use crate::watch::product_with;

/// Replaces the database of task-service by an empty one.
async fn wipe(product: &mut Product) {
    product.tasks.kill().await;
    let url = &product.task_database.url;
    if let Some(path) = url.strip_prefix("sqlite:") {
        for suffix in ["", "-wal", "-shm"] {
            let file = format!("{path}{suffix}");
            if std::fs::exists(&file).unwrap() {
                std::fs::remove_file(file).unwrap();
            }
        }
    } else {
        let (server, name) = url.rsplit_once('/').unwrap();
        let mut connection = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
        for statement in [format!("DROP DATABASE {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")] {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        }
    }
    product.tasks.restart(product.tasks_address);
    product.tasks.listening("task-service").await;
}

/// Reads until a task is known, after a reset and a snapshot, and nothing of the workers was reset.
async fn starts_again(stream: &mut Sse, title: &str) {
    let (mut is_reset, mut is_complete, mut is_known) = (false, false, false);
    while !(is_complete && is_known) {
        let block = stream.event().await;
        match block.name.as_str() {
            "connected" => {}
            "stream.reset" => {
                assert_eq!(block.data()["scope"], json!("tasks"));
                assert!(!is_reset && block.id.is_none(), "{block:?}");
                is_reset = true;
            }
            "snapshot.completed" => is_complete = is_reset,
            "task.snapshot" | "task.created" => {
                assert!(is_reset, "{block:?}");
                is_known |= block.data()["task"]["title"] == title;
            }
            _ => panic!("{block:?}"),
        }
    }
}

async fn are_told_to_forget_it_and_begin_again(backend: Backend) {
    let mut product = Product::start_with(backend, &[]).await;
    let ada = product.user("ada");
    task(&ada, "lost").await;
    let (mut follows, mut is_away) = (product.stream("ada", "").await, product.stream("ada", "").await);
    snapshot(&mut follows).await;
    let id = snapshot(&mut is_away).await.1.id;
    drop(is_away);
    wipe(&mut product).await;
    let new = eventually("task-service is back", async || {
        let answer = ada.post("/api/tasks", &json!({"title": "new"})).await;
        (answer.status == 201).then(|| answer.text("id").to_owned())
    })
    .await;
    starts_again(&mut follows, "new").await;
    let mut comes_back = product.stream_after("ada", "", id.as_deref()).await;
    starts_again(&mut comes_back, "new").await;
    for stream in [&mut follows, &mut comes_back] {
        super::patch(&ada, &new, json!({"title": format!("told to {}", stream.ids.len())})).await;
        assert_eq!(stream.named("task.updated").await.subject(), new);
    }
    // The new ids are good.
    let mut resumed = product.stream_after("ada", "", follows.last_id.as_deref()).await;
    assert_eq!(resumed.event().await.data()["resumed"], true);
    super::patch(&ada, &new, json!({"description": "the last"})).await;
    resumed.until(|it| it.data()["task"]["description"] == "the last").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_a_log_that_is_gone_are_told_to_forget_it_and_begin_again_on_sqlite() {
    are_told_to_forget_it_and_begin_again(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_a_log_that_is_gone_are_told_to_forget_it_and_begin_again_on_postgresql() {
    are_told_to_forget_it_and_begin_again(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_was_away_until_its_events_were_forgotten_begins_again() {
    let keep = [
        ("CCM_DELETED_RETENTION", "4s"),
        ("CCM_EVENT_RETENTION", "4s"),
        ("CCM_HOUSEKEEPING_INTERVAL", "200ms"),
    ];
    let mut product = product_with(&keep).await;
    let (ada, token) = (product.user("ada"), product.token_of("ada"));
    let begin = Watcher::from(product.tasks_address, &token, WatchStart::Now).await.cursor;
    let id = snapshot(&mut product.stream("ada", "event_types=task.*").await).await.1.id;
    let gone = task(&ada, "gone").await;
    assert_eq!(ada.delete(&format!("/api/tasks/{gone}")).await.status, 204);
    eventually("its events are forgotten", async || {
        Watcher::after(product.tasks_address, &token, begin.clone()).await.err()
    })
    .await;
    let kept = task(&ada, "kept").await;
    // This gateway has them in memory, the next one has not.
    product.gateway.kill().await;
    product.gateway.restart(product.gateway_address);
    product.gateway.listening("gateway").await;
    let mut stream = product.stream_after("ada", "event_types=task.*", id.as_deref()).await;
    stream.named("connected").await;
    let reset = stream.event().await;
    assert_eq!((reset.name.as_str(), &reset.data()["reason"]), ("stream.reset", &json!("history_gone")));
    let (told, _) = snapshot(&mut stream).await;
    assert_eq!(told.iter().map(Block::subject).collect::<Vec<_>>(), [kept]);
    let next = task(&ada, "next").await;
    assert_eq!(stream.event().await.subject(), next);
}
