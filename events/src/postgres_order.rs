//! Tests of the order of events that need several concurrent writers, and therefore PostgreSQL.

use std::time::Duration;

use sqlx::PgPool;

use super::conformance::{anybody, change, open, subject};
use super::*;
use storage::Commits;
use storage::testing;
use storage::{Database, Executor, Pools, Transaction};

fn pool(database: &Database) -> &PgPool {
    let Database::Postgres(pools) = database else { panic!("not PostgreSQL") };
    &pools.writers
}

/// Begins a transaction whose commit does not wake the sequencer.
async fn begin(database: &Database) -> Transaction {
    let pools = Pools::single(pool(database).clone(), Commits::default());
    Database::Postgres(pools).begin().await.unwrap()
}

/// Returns the subjects of the first `count` events, in the order of positions.
async fn told(log: &EventLog, count: usize) -> Vec<Uuid> {
    let mut follower = log.follow(log.point().await.unwrap().log_id, 0, &anybody());
    let mut subjects = Vec::new();
    while subjects.len() < count {
        let events = tokio::time::timeout(Duration::from_secs(30), follower.next()).await.expect("an event");
        subjects.extend(events.unwrap().iter().map(|it| it.subject_id));
    }
    subjects
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_began_first_and_commits_last_is_neither_waited_for_nor_lost() {
    let fresh = testing::postgres().await;
    let database = open(&fresh).await;
    let (log, _running) = EventLog::start(&database, vec![&super::conformance::TASK]);
    let (first, second) = (subject(), subject());
    let mut slow = begin(&database).await;
    append(&mut slow, change(first, 1)).await.unwrap();
    super::conformance::append(&database, change(second, 1)).await.unwrap();
    assert_eq!(told(&log, 1).await, [second]);
    slow.commit().await.unwrap();
    assert_eq!(told(&log, 2).await, [second, first]);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_nobody_was_woken_for_are_told_within_the_poll() {
    let fresh = testing::postgres().await;
    let database = open(&fresh).await;
    let (log, _running) = EventLog::start(&database, vec![&super::conformance::TASK]);
    let event = change(subject(), 1);
    let id = event.subject_id;
    let mut other = begin(&database).await;
    append(&mut other, event).await.unwrap();
    // Not with `Transaction::commit`, which would wake the sequencer.
    let Executor::Postgres(connection) = other.executor() else { panic!("not PostgreSQL") };
    sqlx::query("COMMIT").execute(connection).await.unwrap();
    assert_eq!(told(&log, 1).await, [id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbering_refuses_an_isolation_in_which_it_would_miss_commits() {
    let fresh = testing::postgres().await;
    let database = open(&fresh).await;
    let mut connection = pool(&database).acquire().await.unwrap();
    sqlx::query("SET default_transaction_isolation = 'repeatable read'")
        .execute(&mut *connection)
        .await
        .unwrap();
    let refused = sqlx::query("SELECT number_events(1)").execute(&mut *connection).await.unwrap_err();
    assert!(refused.to_string().contains("READ COMMITTED"), "{refused}");
}
