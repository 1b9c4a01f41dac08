//! Tests that need PostgreSQL: of the order of events with several concurrent writers, and of reads that are given up.

use std::process::Command;
use std::time::Duration;

use sqlx::PgPool;

use super::conformance::{anybody, change, open, subject};
use super::*;
use storage::Commits;
use storage::testing;
use storage::{Database, DatabaseConfig, Executor, Pools, Statement, Transaction};

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

/// A process of the server that is suspended until this is dropped.
struct Suspended(i32);

impl Suspended {
    fn new(process: i32) -> Self {
        let suspended = Self(process);
        assert!(suspended.signal("STOP"));
        suspended
    }

    /// By the shell: a bare machine has no program for it.
    fn signal(&self, name: &str) -> bool {
        let kill = ["-c", r#"kill -s "$0" "$1""#, name, &self.0.to_string()];
        Command::new("sh").args(kill).status().is_ok_and(|it| it.success())
    }
}

impl Drop for Suspended {
    fn drop(&mut self) {
        self.signal("CONT");
    }
}

/// sqlx forgets that it has sent a BEGIN whose future is dropped, and lends out the connection within that transaction.
#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_is_given_up_at_its_begin_leaves_no_connection_in_a_transaction() {
    const BACKEND: Statement = Statement { summary: "SELECT", sql: "SELECT pg_backend_pid()" };
    /// When the transaction has begun.
    const BEGUN: Statement = Statement { summary: "SELECT", sql: "SELECT transaction_timestamp()::TEXT" };
    let fresh = testing::postgres().await;
    // One connection for reads.
    let config = DatabaseConfig { url: fresh.url, connections: 2 };
    let database = Database::open_with(&config, &crate::migrations()).await.unwrap();
    let Database::Postgres(pools) = &database else { panic!("not PostgreSQL") };
    let (log, running) = EventLog::start(&database, vec![&super::conformance::TASK]);
    running.stop().await;
    let (backend,): (i32,) =
        database.connection().await.unwrap().fetch_optional(&BACKEND, []).await.unwrap().unwrap();
    let begun = async {
        while pools.readers.num_idle() < 1 {
            tokio::task::yield_now().await;
        }
        // The server does not answer to the BEGIN.
        let _suspended = Suspended::new(backend);
        let mut reading = Box::pin(log.snapshot(|_| Box::pin(async { Ok(()) })));
        while pools.readers.num_idle() > 0 {
            assert!(futures_util::poll!(&mut reading).is_pending());
            tokio::task::yield_now().await;
        }
        for _ in 0..100 {
            assert!(futures_util::poll!(&mut reading).is_pending());
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), begun).await.expect("the only connection is taken");
    let mut connection = database.connection().await.unwrap();
    let mut begun = async || connection.fetch_optional::<(String,)>(&BEGUN, []).await.unwrap().unwrap().0;
    assert_ne!(begun().await, begun().await, "each statement has a transaction of its own");
}
