//! The product's tables and statements, with the product's durability and numbers of connections.

use std::str::FromStr as _;

use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::types::Json;
use sqlx::{ConnectOptions as _, FromRow, PgPool, SqlitePool};
use uuid::Uuid;

macro_rules! schema {
    ($database:literal) => {
        concat!(
            include_str!(concat!("../../../../events/migrations/", $database, "/0001_event_log.sql")),
            include_str!(concat!("../../../../events/migrations/", $database, "/0003_event_positions.sql")),
            include_str!(concat!("../../../../task-service/migrations/", $database, "/1000_tasks.sql")),
            include_str!(concat!("../../../../task-service/migrations/", $database, "/1001_filters.sql")),
        )
    };
}

const GET: &str =
    "SELECT id, title, description, status, priority, assignee_id, department, worker_id, created_by,
    created_at, updated_at, version, revision FROM tasks WHERE id = $1 AND deleted_at IS NULL";
const LIST: &str =
    "SELECT id, title, description, status, priority, assignee_id, department, worker_id, created_by,
    created_at, updated_at, version, revision FROM tasks
    WHERE deleted_at IS NULL AND revision > 0 AND (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3";
const INSERT: &str =
    "INSERT INTO tasks (id, title, description, status, priority, assignee_id, department, worker_id,
    created_by, created_at, updated_at, version, revision)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const INSERT_EVENT: &str =
    "INSERT INTO events (id, type, subject_kind, subject_id, revision, occurred_at, actor,
    existed_before, exists_after, department_after, assignee_id_after, created_by_after, resource)
    VALUES ($1, 'task.created', 'task', $2, $3, $4, $5, false, true, $6, $7, $8, $9)";

#[derive(Clone, FromRow)]
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) status: String,
    pub(crate) priority: String,
    pub(crate) assignee_id: Option<String>,
    pub(crate) department: Option<String>,
    pub(crate) worker_id: Option<Uuid>,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) version: i64,
    pub(crate) revision: i64,
}

pub(crate) enum Store {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres(PgPool),
}

/// One body for two databases.
macro_rules! on {
    ($store:expr, $which:ident, |$pool:ident| $body:expr) => {
        match $store {
            Store::Sqlite { $which: $pool, .. } => $body,
            Store::Postgres($pool) => $body,
        }
    };
}

impl Store {
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        let Some(file) = url.strip_prefix("sqlite:") else {
            let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
            let pool = PgPoolOptions::new().max_connections(16).connect_with(options).await?;
            sqlx::raw_sql(schema!("postgres")).execute(&pool).await?;
            return Ok(Self::Postgres(pool));
        };
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .disable_statement_logging();
        let pool =
            |connections| SqlitePoolOptions::new().max_connections(connections).test_before_acquire(false);
        let writer = pool(1).connect_with(options.clone()).await?;
        sqlx::raw_sql(schema!("sqlite")).execute(&writer).await?;
        let readers = pool(4).connect_with(options.read_only(true)).await?;
        Ok(Self::Sqlite { writer, readers })
    }

    #[tracing::instrument(skip_all)]
    pub(crate) async fn get(&self, id: Uuid) -> sqlx::Result<Option<Row>> {
        on!(self, readers, |pool| sqlx::query_as(GET).bind(id).fetch_optional(pool).await)
    }

    #[tracing::instrument(skip_all)]
    pub(crate) async fn list(&self, after: (i64, Uuid), limit: i64) -> sqlx::Result<Vec<Row>> {
        on!(self, readers, |pool| {
            sqlx::query_as(LIST).bind(after.0).bind(after.1).bind(limit).fetch_all(pool).await
        })
    }

    /// The task and its event, in one transaction.
    #[tracing::instrument(skip_all)]
    pub(crate) async fn insert(&self, row: Row, event_id: Uuid, resource: Value) -> sqlx::Result<()> {
        on!(self, writer, |pool| {
            let mut transaction = pool.begin().await?;
            sqlx::query(INSERT)
                .bind(row.id)
                .bind(row.title)
                .bind(row.description)
                .bind(row.status)
                .bind(row.priority)
                .bind(row.assignee_id.clone())
                .bind(row.department.clone())
                .bind(row.worker_id)
                .bind(row.created_by.clone())
                .bind(row.created_at)
                .bind(row.updated_at)
                .bind(row.version)
                .bind(row.revision)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(INSERT_EVENT)
                .bind(event_id)
                .bind(row.id)
                .bind(row.revision)
                .bind(row.updated_at)
                .bind(row.created_by.clone())
                .bind(row.department)
                .bind(row.assignee_id)
                .bind(row.created_by)
                .bind(Json(resource))
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await
        })
    }
}
