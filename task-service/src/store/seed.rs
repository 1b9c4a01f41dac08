//! Inserts many tasks with one statement and without events, for tests.

use storage::Database;

use super::TaskStore;

/// The user `boss` is assigned to a third of the tasks and created another third; half of the tasks belong to the
/// department `network`. Some values are frequent, some do not occur. Half of the tasks are of the class of ended actions,
/// one in two hundred is of the class of live ones.
const SEEDS: [&str; 2] = [
    "INSERT INTO tasks (id, title, description, status, priority, assignee_id, department, worker_id, created_by, \
       created_at, updated_at, version, revision, class) \
     SELECT unhex(printf('%032x', i)), 't', '', CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'pending' END, \
       CASE i % 2 WHEN 0 THEN 'low' ELSE 'medium' END, CASE i % 3 WHEN 0 THEN 'boss' WHEN 1 THEN 'p' || (i % 100) END, \
       CASE i % 2 WHEN 0 THEN 'network' ELSE 'd' || (i % 50) END, \
       CASE WHEN i % 5 = 0 THEN unhex(printf('%032x', i % 7)) END, \
       CASE i % 3 WHEN 1 THEN 'boss' ELSE 'p' || (i % 100) END, i, i, 1, 1, \
       CASE WHEN i % 4 < 2 THEN 0 WHEN i % 200 = 2 THEN 1 ELSE 2 END \
     FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i FROM n)",
    "INSERT INTO tasks (id, title, description, status, priority, assignee_id, department, worker_id, created_by, \
       created_at, updated_at, version, revision, class) \
     SELECT lpad(to_hex(i), 32, '0')::uuid, 't', '', CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'pending' END, \
       CASE i % 2 WHEN 0 THEN 'low' ELSE 'medium' END, CASE i % 3 WHEN 0 THEN 'boss' WHEN 1 THEN 'p' || (i % 100) END, \
       CASE i % 2 WHEN 0 THEN 'network' ELSE 'd' || (i % 50) END, \
       CASE WHEN i % 5 = 0 THEN lpad(to_hex(i % 7), 32, '0')::uuid END, \
       CASE i % 3 WHEN 1 THEN 'boss' ELSE 'p' || (i % 100) END, i, i, 1, 1, \
       CASE WHEN i % 4 < 2 THEN 0 WHEN i % 200 = 2 THEN 1 ELSE 2 END \
     FROM generate_series(1, $1) AS i",
];

/// Inserts `count` tasks with the ids and creation times 1, 2 and so on.
pub(super) async fn seed_tasks(store: &TaskStore, count: i64) {
    match store.database() {
        Database::Sqlite(pools) => {
            sqlx::query(SEEDS[0]).bind(count).execute(&pools.writers).await.unwrap();
        }
        Database::Postgres(it) => {
            sqlx::query(SEEDS[1]).bind(count).execute(&it.writers).await.unwrap();
        }
    }
}
