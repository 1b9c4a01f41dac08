//! Reads the events of a database, for tests.

use storage::sqlx;
use storage::{Statements as _, record};

record! {
    /// A row of the table `events`.
    #[derive(Debug)]
    pub struct EventRow {
        /// Position in the log; `None` until it is assigned after the commit.
        pub position: Option<i64>,
        /// Type of the event: `task.created`, for example.
        pub kind as "type": String,
        /// Id of the changed subject.
        pub subject_id: uuid::Uuid,
        /// Revision of the subject after the change.
        pub revision: i64,
        /// `sub` of the token with which the change was made.
        pub actor: String,
        /// W3C `traceparent` of the span that caused the change.
        pub traceparent: Option<String>,
        /// Department of the subject after the change.
        pub department_after: Option<String>,
        /// Assignee of the subject after the change.
        pub assignee_id_after: Option<String>,
        /// Creator of the subject.
        pub created_by_after: Option<String>,
        /// The whole subject after the change.
        pub resource: sqlx::types::Json<serde_json::Value>,
    }
}

/// Returns all events, in the order in which they were inserted.
pub async fn events(database: &storage::Database) -> Result<Vec<EventRow>, storage::StorageError> {
    const ALL: storage::Statement = storage::Statement {
        summary: "SELECT events",
        sql: "SELECT position, type, subject_id, revision, actor, traceparent, department_after, assignee_id_after, \
                created_by_after, resource \
              FROM events ORDER BY seq",
    };
    database.connection().await?.fetch_all(&ALL, []).await
}

/// Returns all events of the database at `url`, whether its service is running or not.
pub async fn events_at(url: &str) -> Result<Vec<EventRow>, storage::StorageError> {
    let database = if url.starts_with("sqlite:") {
        let pool = sqlx::SqlitePool::connect(url).await?;
        storage::Database::Sqlite(storage::Pools::single(pool, storage::Commits::default()))
    } else {
        let pool = sqlx::PgPool::connect(url).await?;
        storage::Database::Postgres(storage::Pools::single(pool, storage::Commits::default()))
    };
    let found = events(&database).await;
    database.close().await;
    found
}
