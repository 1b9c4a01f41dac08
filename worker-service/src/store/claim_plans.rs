//! Tests that finding due workers reads little, whatever has happened before.

use std::time::Duration;

use platform::clock::Clock;
use storage::testing::plans::{Reading, gather_statistics};
use storage::testing::postgres;
use storage::{Commits, Database, Pools, Value};

use super::WorkerStore;
use super::claim::{CLAIM, NEXT};

/// `$2` workers with the numbers from `$1` on, which are due at their numbers.
const DUE: [&str; 2] = [
    "INSERT INTO workers (id, name, region, instance_type, provider, tags, created_by, created_at, updated_at, version, \
       revision, desired_state, desired_generation, desired_set_by, observed_state, observed_generation, observed_since) \
     SELECT lpad(to_hex(i), 32, '0')::uuid, 'w', 'eu', 'm5', 'simulated', '{}', 'root', i, i, 1, 1, 'running', 1, 'root', \
       'running', 1, i FROM generate_series($1, $1 + $2 - 1) AS i",
    "INSERT INTO reconciles (worker_id, due_at, book) \
     SELECT lpad(to_hex(i), 32, '0')::uuid, i, '{}' FROM generate_series($1, $1 + $2 - 1) AS i",
];

/// As a claim, the end of a turn that waits, and the end of the last turn do.
const STEPS: [&str; 3] = [
    "UPDATE reconciles SET fence = fence + 1, lease_until = 1",
    "UPDATE reconciles SET due_at = due_at + 1, lease_until = 0",
    "UPDATE reconciles SET due_at = NULL",
];

async fn due(pool: &sqlx::PgPool, from: i64, count: i64) {
    for statement in DUE {
        sqlx::query(statement).bind(from).bind(count).execute(pool).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_does_not_read_what_an_open_transaction_keeps_of_earlier_turns() {
    let fresh = postgres().await;
    let store = WorkerStore::open(&fresh.url).await.unwrap();
    let Database::Postgres(pools) = store.database() else { panic!("not PostgreSQL") };
    let mut open = pools.writers.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    sqlx::query("SELECT 1 FROM reconciles").fetch_optional(&mut *open).await.unwrap();
    due(&pools.writers, 1, 20_000).await;
    for step in STEPS {
        sqlx::query(step).execute(&pools.writers).await.unwrap();
    }
    due(&pools.writers, 30_001, 20).await;
    gather_statistics(store.database()).await.unwrap();
    // Claims run on connections for writes, which have other settings than those for lists.
    let database = Database::Postgres(Pools::single(pools.writers.clone(), Commits::default()));
    let (owner, floor): (Value, Value) = (Clock::system().new_id().into(), 30_000_i64.into());
    let claim = [owner, 30_000_000_i64.into(), 8_i64.into(), floor.clone()];
    for (statement, values) in [(&NEXT.postgres, &[floor][..]), (&CLAIM.postgres, &claim)] {
        let reading = Reading::of(&database, statement, values).await.unwrap();
        assert!(reading.at_most(150).is_ok(), "{}", reading.at_most(150).unwrap_err());
    }
    open.rollback().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_floor_leaves_out_no_worker_whose_lease_may_end_and_none_that_is_woken() {
    let fresh = postgres().await;
    let store = WorkerStore::open(&fresh.url).await.unwrap();
    let Database::Postgres(pools) = store.database() else { panic!("not PostgreSQL") };
    due(&pools.writers, 5, 2).await;
    let owner = Clock::system().new_id();
    assert_eq!(store.next_due().await.unwrap(), Some(Duration::ZERO));
    // These leases end at once, as those of a process that was killed do later.
    assert_eq!(store.claim(owner, Duration::ZERO, 9).await.unwrap().len(), 2);
    assert_eq!(store.next_due().await.unwrap(), Some(Duration::ZERO));
    let claimed = store.claim(owner, Duration::from_mins(1), 9).await.unwrap();
    assert_eq!(claimed.len(), 2);
    assert_eq!(store.next_due().await.unwrap(), None);
    sqlx::query("UPDATE reconciles SET lease_until = 0").execute(&pools.writers).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(Duration::ZERO));
    for claim in store.claim(owner, Duration::from_mins(1), 9).await.unwrap() {
        store.rest(claim).await.unwrap();
    }
    assert_eq!(store.next_due().await.unwrap(), None);
    store.wake(vec![claimed[0].worker_id]).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(Duration::ZERO));
    let woken = store.claim(owner, Duration::from_mins(1), 9).await.unwrap();
    assert_eq!(woken.iter().map(|it| it.worker_id).collect::<Vec<_>>(), [claimed[0].worker_id]);
}
