//! The events of a database as tests look at them.

use storage::sqlx;
use storage::{Statements as _, record};

record! {
    /// An event as its row holds it.
    #[derive(Debug)]
    pub struct EventRow {
        /// Given after the commit.
        pub position: Option<i64>,
        /// `task.created`, ….
        pub kind as "type": String,
        /// What changed.
        pub subject_id: uuid::Uuid,
        /// Its revision after the change.
        pub revision: i64,
        /// Who did it.
        pub actor: String,
        /// The span that caused it.
        pub traceparent: Option<String>,
        /// Its department after the change.
        pub department_after: Option<String>,
        /// Its assignee after the change.
        pub assignee_id_after: Option<String>,
        /// Its creator.
        pub created_by_after: Option<String>,
        /// The subject after the change.
        pub resource: sqlx::types::Json<serde_json::Value>,
    }
}

/// Every event, in the order their inserts drew.
pub async fn events(database: &storage::Database) -> Result<Vec<EventRow>, storage::StorageError> {
    const ALL: storage::Statement = storage::Statement {
        operation: "SELECT",
        collection: "events",
        sql: "SELECT position, type, subject_id, revision, actor, traceparent, department_after, assignee_id_after,
                created_by_after, resource
              FROM events ORDER BY seq",
    };
    database.connection().await?.fetch_all(&ALL, []).await
}

/// Every event of the database at `url`, which a service has made and need not be running.
pub async fn events_at(url: &str) -> Result<Vec<EventRow>, storage::StorageError> {
    let database = if url.starts_with("sqlite:") {
        let pool = sqlx::SqlitePool::connect(url).await?;
        storage::Database::Sqlite(storage::Pools {
            writers: pool.clone(),
            readers: pool,
            commits: storage::Commits::default(),
        })
    } else {
        let pool = sqlx::PgPool::connect(url).await?;
        storage::Database::Postgres(storage::Pools {
            writers: pool.clone(),
            readers: pool,
            commits: storage::Commits::default(),
        })
    };
    let found = events(&database).await;
    database.close().await;
    found
}
