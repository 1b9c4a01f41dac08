//! What the databases of the product and of the provider contain, read when nothing changes any more.

use std::collections::BTreeMap;

use proto::task::v1::Task;
use proto::worker::v1::Worker;
use serde_json::Value;
use storage::sqlx::types::{Json, Uuid};
use storage::sqlx::{PgPool, SqlitePool};
use storage::{Commits, Database, Pools, Record, Statement, Statements as _, record};

use crate::harness::Product;

record! {
    #[derive(Clone, Debug)]
    pub(super) struct WorkerRow {
        pub(super) id: Uuid,
        pub(super) tags: Json<BTreeMap<String, String>>,
        pub(super) instance_id: Option<String>,
        pub(super) desired_state: String,
        pub(super) desired_generation: i64,
        pub(super) observed_state: String,
        pub(super) outcome_result: Option<String>,
        pub(super) failure_reason: Option<String>,
        pub(super) action_seq: i64,
        pub(super) fence: i64,
        pub(super) deleted: bool,
    }
}

record! {
    #[expect(clippy::struct_field_names, reason = "the names of the columns")]
    #[derive(Clone, Debug)]
    pub(super) struct Generation {
        pub(super) worker_id: Uuid,
        pub(super) generation: i64,
        pub(super) state: String,
        pub(super) action_seq: Option<i64>,
        pub(super) set_at: i64,
        pub(super) result: Option<String>,
        pub(super) ended_at: Option<i64>,
        pub(super) reason: Option<String>,
    }
}

record! {
    /// A call, as the provider has noted it.
    #[expect(clippy::struct_field_names, reason = "the names of the columns")]
    #[derive(Clone, Debug)]
    pub(super) struct Call {
        pub(super) seq: i64,
        pub(super) at: i64,
        pub(super) call: String,
        pub(super) worker_id: Uuid,
        pub(super) fence: i64,
        pub(super) machine_id: Option<String>,
        pub(super) client_token: Option<String>,
        pub(super) result: String,
        pub(super) detail: Option<String>,
        pub(super) message: Option<String>,
    }
}

record! {
    /// A machine as it was at its last change.
    #[derive(Clone, Debug)]
    pub(super) struct Machine {
        pub(super) id: String,
        pub(super) owner: Option<String>,
        pub(super) state: String,
        pub(super) ends_at: Option<i64>,
        pub(super) starts: i64,
        pub(super) tags: Json<BTreeMap<String, String>>,
    }
}

/// A change of a task or of a worker.
#[derive(Clone, Debug)]
pub(super) struct Change<T> {
    pub(super) kind: String,
    pub(super) revision: i64,
    pub(super) after: T,
}

/// Everything, in the order in which it happened.
pub(super) struct Records {
    pub(super) workers: Vec<WorkerRow>,
    pub(super) generations: Vec<Generation>,
    pub(super) calls: Vec<Call>,
    pub(super) machines: Vec<Machine>,
    pub(super) task_changes: Vec<Change<Task>>,
    pub(super) worker_changes: Vec<Change<Worker>>,
    pub(super) queued: i64,
}

const WORKERS: Statement = Statement {
    summary: "SELECT workers",
    sql: "SELECT id, tags, instance_id, desired_state, desired_generation, observed_state, outcome_result, \
            failure_reason, action_seq, COALESCE(fence, 0) AS fence, deleted_at IS NOT NULL AS deleted \
          FROM workers LEFT JOIN reconciles ON worker_id = id ORDER BY id",
};

const GENERATIONS: Statement = Statement {
    summary: "SELECT worker_generations",
    sql: "SELECT worker_id, generation, state, action_seq, set_at, result, ended_at, reason FROM worker_generations \
          ORDER BY worker_id, generation",
};

const CALLS: Statement = Statement {
    summary: "SELECT journal",
    sql: "SELECT seq, at, call, worker_id, fence, machine_id, client_token, result, detail, message \
          FROM journal ORDER BY seq",
};

const MACHINES: Statement = Statement {
    summary: "SELECT machines",
    sql: "SELECT id, owner, state, ends_at, starts, tags FROM machines ORDER BY id",
};

const QUEUED: Statement =
    Statement { summary: "SELECT action_queue", sql: "SELECT count(*) AS n FROM action_queue" };

/// How many calls the provider has answered.
const CALLED: Statement =
    Statement { summary: "SELECT journal", sql: "SELECT count(*) AS n FROM journal WHERE result = 'ok'" };

/// How many calls of worker-service are being made.
const APPLYING: Statement = Statement {
    summary: "SELECT action_queue",
    sql: "SELECT count(*) AS n FROM action_queue WHERE phase = 'applying'",
};

/// How many workers are being reconciled.
const RECONCILING: Statement = Statement {
    summary: "SELECT workers",
    sql: "SELECT count(*) AS n FROM workers WHERE outcome_result IS NULL AND deleted_at IS NULL",
};

/// Opens a database of the product beside it.
pub(super) async fn open(url: &str) -> Database {
    if url.starts_with("sqlite:") {
        Database::Sqlite(Pools::single(SqlitePool::connect(url).await.unwrap(), Commits::default()))
    } else {
        Database::Postgres(Pools::single(PgPool::connect(url).await.unwrap(), Commits::default()))
    }
}

pub(super) async fn all<R: Record>(database: &Database, statement: &Statement) -> Vec<R> {
    database.connection().await.unwrap().fetch_all(statement, []).await.unwrap()
}

/// The number that a statement counts.
pub(super) async fn count(database: &Database, statement: &Statement) -> i64 {
    let rows: Vec<(i64,)> = all(database, statement).await;
    rows[0].0
}

/// How many actions are live, and how many workers are being reconciled.
pub(super) async fn unrest(tasks: &Database, workers: &Database) -> (i64, i64) {
    (count(tasks, &QUEUED).await, count(workers, &RECONCILING).await)
}

/// The workers and the machines as they are now.
pub(super) async fn workers_and_machines(
    workers: &Database,
    provider: &Database,
) -> (Vec<WorkerRow>, Vec<Machine>) {
    (all(workers, &WORKERS).await, all(provider, &MACHINES).await)
}

pub(super) async fn called(provider: &Database) -> i64 {
    count(provider, &CALLED).await
}

pub(super) async fn applying(tasks: &Database) -> i64 {
    count(tasks, &APPLYING).await
}

async fn changes<T: serde::de::DeserializeOwned>(url: &str, of: &str) -> Vec<Change<T>> {
    let rows = events::testing::events_at(url).await.unwrap();
    let rows = rows.into_iter().filter(|it| it.kind.starts_with(of));
    let after = |it: Value| serde_json::from_value(it).expect("a message of the contract");
    rows.map(|it| Change { kind: it.kind, revision: it.revision, after: after(it.resource.0) }).collect()
}

impl Records {
    pub(super) async fn read(product: &Product) -> Self {
        let tasks = open(&product.task_database.url).await;
        let workers = open(&product.worker_database.url).await;
        let provider = open(&product.provider_database.url).await;
        Self {
            workers: all(&workers, &WORKERS).await,
            generations: all(&workers, &GENERATIONS).await,
            calls: all(&provider, &CALLS).await,
            machines: all(&provider, &MACHINES).await,
            queued: count(&tasks, &QUEUED).await,
            task_changes: changes(&product.task_database.url, "task.").await,
            worker_changes: changes(&product.worker_database.url, "worker.").await,
        }
    }

    pub(super) fn calls_of(&self, worker: Uuid) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |it| it.worker_id == worker)
    }

    pub(super) fn generation(&self, worker: Uuid, number: i64) -> Option<&Generation> {
        self.generations.iter().find(|it| it.worker_id == worker && it.generation == number)
    }
}
