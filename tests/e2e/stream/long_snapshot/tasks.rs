//! Tasks that were there before: written into the database, because a million requests would take too long.

use storage::sqlx::types::Uuid;
use storage::sqlx::{self, Connection as _, PgConnection, SqliteConnection};

use crate::harness::{Backend, Product};

/// Inserts the tasks from `$1` to `$2`, which Ada has created one after the other.
const SEEDS: [&str; 2] = [
    "INSERT INTO tasks (id, title, description, status, priority, department, created_by, created_at, updated_at, version, revision) \
     SELECT unhex(printf('%032x', i)), 'Replace the uplink of rack ' || i, '', 'pending', 'high', 'network', 'ada', \
       1700000000000000 + i, 1700000000000000 + i, 1, 1 \
     FROM (WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) SELECT i FROM n)",
    "INSERT INTO tasks (id, title, description, status, priority, department, created_by, created_at, updated_at, version, revision) \
     SELECT lpad(to_hex(i), 32, '0')::uuid, 'Replace the uplink of rack ' || i, '', 'pending', 'high', 'network', 'ada', \
       1700000000000000 + i, 1700000000000000 + i, 1, 1 \
     FROM generate_series($1, $2) AS i",
];
/// Tasks of one transaction.
const AT_ONCE: u64 = 20_000;

/// The id of a task, from 1 on.
pub(super) fn id(number: u64) -> String {
    Uuid::from_u128(number.into()).to_string()
}

pub(super) async fn seed(product: &mut Product, backend: Backend, count: u64) {
    product.tasks.kill().await;
    let url = &product.task_database.url;
    let parts = (1..=count).step_by(usize::try_from(AT_ONCE).unwrap());
    let parts = parts.map(|it| (it.cast_signed(), (it + AT_ONCE - 1).min(count).cast_signed()));
    match backend {
        Backend::Sqlite => {
            let mut connection = SqliteConnection::connect(url).await.unwrap();
            sqlx::raw_sql("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000")
                .execute(&mut connection)
                .await
                .unwrap();
            for (first, last) in parts {
                sqlx::query(SEEDS[0]).bind(first).bind(last).execute(&mut connection).await.unwrap();
            }
            connection.close().await.unwrap();
        }
        Backend::Postgres => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            for (first, last) in parts {
                sqlx::query(SEEDS[1]).bind(first).bind(last).execute(&mut connection).await.unwrap();
            }
            sqlx::raw_sql("VACUUM ANALYZE tasks").execute(&mut connection).await.unwrap();
        }
    }
    product.tasks.restart(product.tasks_address);
    product.tasks.listening("task-service").await;
}
