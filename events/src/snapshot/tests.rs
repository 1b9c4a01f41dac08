//! A snapshot whose caller is gone, on PostgreSQL.

use std::process::Command;
use std::time::Duration;

use storage::{Database, DatabaseConfig, Statement, Statements as _, testing};

use crate::EventLog;
use crate::conformance::TASK;

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
    let (log, running) = EventLog::start(&database, vec![&TASK]);
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
