//! Tests that a claim reads little, whatever has happened before.

use std::time::Duration;

use storage::testing::plans::{Reading, gather_statistics};
use storage::testing::postgres;
use storage::{Commits, Database, Pools, Statement, Value, sqlx};

use super::claim::Floor;
use super::sql;
use super::testing::lease;
use crate::store::TaskStore;

/// Queues `$2` ready actions with the numbers from `$1` on.
const QUEUE: &str = "INSERT INTO action_queue (task_id, worker_id, action_seq, verb, priority, due_key, asked_at, deadline, \
       phase, ready_at, fence, run, attempt, on_behalf_of) \
     SELECT lpad(to_hex(i), 32, '0')::uuid, lpad(to_hex(i), 32, '0')::uuid, 1, 'stop', i % 3, i, i, 9000000000000000, \
       'queued', i, 0, 1, 0, 'ada' \
     FROM generate_series($1, $1 + $2 - 1) AS i";

/// As a claim, an execution and the wait for an outcome do.
const STEPS: [&str; 4] = [
    "UPDATE action_queue SET fence = fence + 1, ready_at = ready_at + 1",
    "UPDATE action_queue SET phase = 'applying'",
    "UPDATE action_queue SET phase = 'applied', ready_at = NULL",
    "DELETE FROM action_queue",
];

async fn queue(pool: &sqlx::PgPool, from: i64, count: i64) {
    sqlx::query(QUEUE).bind(from).bind(count).execute(pool).await.unwrap();
}

fn values(floor: i64) -> [Value; 4] {
    let lease = lease(Duration::from_secs(30));
    [8_i64.into(), lease.owner.into(), 30_000_000_i64.into(), floor.into()]
}

async fn assert_reads_little(pool: &sqlx::PgPool, statements: &[&Statement], values: &[Value], rows: u64) {
    // Claims run on connections for writes, which have other settings than those for lists.
    let database = Database::Postgres(Pools::single(pool.clone(), Commits::default()));
    for statement in statements {
        let reading = Reading::of(&database, statement, values).await.unwrap();
        assert!(reading.at_most(rows).is_ok(), "{}", reading.at_most(rows).unwrap_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_out_of_many_reads_the_first_ones() {
    let fresh = postgres().await;
    let store = TaskStore::open(&fresh.url).await.unwrap();
    let Database::Postgres(pools) = store.database() else { panic!("not PostgreSQL") };
    queue(&pools.writers, 1, 20_000).await;
    gather_statistics(store.database()).await.unwrap();
    let orders = [&sql::CLAIM_MOST_URGENT, &sql::CLAIM_OLDEST, &sql::CLAIM_DUE];
    let of_many = orders.map(|it| &it.of_many.postgres);
    assert_reads_little(&pools.writers, &of_many, &values(i64::MIN), 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_out_of_few_does_not_read_what_an_open_transaction_keeps_of_ended_actions() {
    let fresh = postgres().await;
    let store = TaskStore::open(&fresh.url).await.unwrap();
    let Database::Postgres(pools) = store.database() else { panic!("not PostgreSQL") };
    let mut open = pools.writers.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    sqlx::query("SELECT 1 FROM action_queue").fetch_optional(&mut *open).await.unwrap();
    queue(&pools.writers, 1, 20_000).await;
    for step in STEPS {
        sqlx::query(step).execute(&pools.writers).await.unwrap();
    }
    queue(&pools.writers, 30_001, 20).await;
    gather_statistics(store.database()).await.unwrap();
    let orders = [&sql::CLAIM_MOST_URGENT, &sql::CLAIM_OLDEST, &sql::CLAIM_DUE];
    let of_few = orders.map(|it| &it.of_few.postgres);
    assert_reads_little(&pools.writers, &of_few, &values(30_000), 150).await;
    let look = [30_000_i64.into(), 501_i64.into()];
    assert_reads_little(&pools.writers, &[&sql::LOOK.postgres], &look, 150).await;
    open.rollback().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_floor_leaves_out_what_has_ended_and_nothing_else() {
    let fresh = postgres().await;
    let store = TaskStore::open(&fresh.url).await.unwrap();
    let Database::Postgres(pools) = store.database() else { panic!("not PostgreSQL") };
    queue(&pools.writers, 5, 1).await;
    let first = store.look(Floor::NONE).await.unwrap();
    // A ready action keeps the floor below it until it is claimed.
    let second = store.look(first.next_floor).await.unwrap();
    assert_eq!((first.wait, second.wait), (Some(Duration::ZERO), Some(Duration::ZERO)));
    sqlx::query("DELETE FROM action_queue").execute(&pools.writers).await.unwrap();
    let empty = store.look(second.next_floor).await.unwrap();
    assert_eq!(empty.wait, None);
    super::testing::Ask::new(crate::task::Verb::Stop, 1).send(&store).await.unwrap();
    assert_eq!(store.look(empty.next_floor).await.unwrap().wait, Some(Duration::ZERO));
}
