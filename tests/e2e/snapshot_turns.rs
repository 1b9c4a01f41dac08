//! Snapshots beside those of others: who reads many of them slowly keeps nobody from one, and who waits in vain is told so.

use access::Role;
use futures_util::future::join_all;
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{WatchEventsRequest, WatchStart};
use serde_json::json;
use storage::sqlx::{self, Connection as _, PgConnection};
use tonic::Code;

use crate::harness::{Backend, Product, Watcher, authorized, reason};

fn snapshot() -> WatchEventsRequest {
    WatchEventsRequest { start: WatchStart::Snapshot.into(), ..WatchEventsRequest::default() }
}

fn token(product: &Product, name: &str) -> String {
    product.token(name, &[Role::User], None)
}

/// More than what waits for a client that does not read.
async fn create_many(product: &Product, name: &str) {
    let (user, large) = (product.user(name), json!({"title": "t", "description": "x".repeat(10_000)}));
    // Not all at once: on a busy machine, the last ones would wait for longer than a request may take.
    for _ in 0..6 {
        let created = join_all((0..10).map(|_| user.post("/api/tasks", &large))).await;
        assert!(created.iter().all(|it| it.status == 201), "{created:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn four_users_who_do_not_read_their_snapshots_keep_nobody_from_one() {
    let product = Product::start().await;
    let mut held = Vec::new();
    for name in ["ada", "bob", "dan", "fay"] {
        create_many(&product, name).await;
        for _ in 0..20 {
            let request = authorized(snapshot(), &token(&product, name));
            let channel = Watcher::narrow_channel(product.tasks_address);
            held.push(Watcher::start_by(channel, request).await.unwrap());
        }
    }
    create_many(&product, "eve").await;
    let mut watcher =
        Watcher::start(product.tasks_address, &token(&product, "eve"), snapshot()).await.unwrap();
    let mut subjects = 0;
    loop {
        match watcher.next().await.unwrap() {
            Item::Subject(_) => subjects += 1,
            Item::SnapshotEnd(_) => break,
            _ => {}
        }
    }
    assert_eq!(subjects, 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_waits_too_long_for_its_turn_is_told_so_and_can_be_had_later() {
    let product = Product::start_with(Backend::Postgres, &[]).await;
    create_many(&product, "ada").await;
    let mut locks = PgConnection::connect(&product.task_database.url).await.unwrap();
    sqlx::raw_sql("BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE").execute(&mut locks).await.unwrap();
    // A page waits for three seconds for the lock, and two are read at a time: the last of them have no turn within ten.
    let ended = join_all((0..16).map(|_| async {
        match Watcher::start(product.tasks_address, &token(&product, "ada"), snapshot()).await {
            Ok(mut watcher) => watcher.ended().await,
            Err(status) => status,
        }
    }))
    .await;
    let too_many = ended
        .iter()
        .filter(|it| (it.code(), reason(it)) == (Code::ResourceExhausted, "TOO_MANY_SNAPSHOTS".to_owned()));
    assert!(too_many.count() > 0, "{ended:?}");
    locks.close().await.unwrap();
    let mut watcher =
        Watcher::start(product.tasks_address, &token(&product, "ada"), snapshot()).await.unwrap();
    while !matches!(watcher.next().await.unwrap(), Item::SnapshotEnd(_)) {}
}
