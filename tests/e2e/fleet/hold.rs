//! Keeps the product from writing to a database, so that a test can do something at a certain point of its work.

use storage::{Database, Statement, Statements as _, Transaction};

use super::records::{count, open};
use crate::harness::eventually;

/// Turns write to it when they end.
pub(super) const RECONCILES: Statement =
    Statement { summary: "LOCK reconciles", sql: "LOCK TABLE reconciles IN EXCLUSIVE MODE" };

/// Desired states are written to it.
pub(super) const WORKERS: Statement =
    Statement { summary: "LOCK workers", sql: "LOCK TABLE workers IN EXCLUSIVE MODE" };

/// The provider writes to it at the end of each call.
pub(super) const JOURNAL: Statement =
    Statement { summary: "LOCK journal", sql: "LOCK TABLE journal IN EXCLUSIVE MODE" };

/// The provider reads it when it is asked for a machine.
pub(super) const MACHINES: Statement =
    Statement { summary: "LOCK machines", sql: "LOCK TABLE machines IN ACCESS EXCLUSIVE MODE" };

const WAITING: Statement = Statement {
    summary: "SELECT pg_locks",
    sql: "SELECT count(*) AS n FROM pg_locks JOIN pg_database ON pg_database.oid = database \
          WHERE NOT granted AND datname = current_database()",
};

/// A table that is locked until this is released; in SQLite all tables, for writing.
pub(super) struct Hold {
    transaction: Transaction,
    database: Database,
}

impl Hold {
    pub(super) async fn on(url: &str, lock: &Statement) -> Self {
        let database = open(url).await;
        let mut transaction = database.begin().await.unwrap();
        if matches!(database, Database::Postgres(_)) {
            transaction.execute(lock, []).await.unwrap();
        }
        Self { transaction, database }
    }

    /// Waits until a process waits for the lock (PostgreSQL).
    pub(super) async fn is_waited_for(&self) {
        eventually("a process waits for the lock", || async {
            (count(&self.database, &WAITING).await > 0).then_some(())
        })
        .await;
    }

    pub(super) async fn release(self) {
        self.transaction.commit().await.unwrap();
        self.database.close().await;
    }
}
