//! What is counted of the workers, and how little of a large fleet is read for it, on both databases.

use storage::testing::Fresh;
use storage::testing::plans::{Reading, gather_statistics};
use storage::{Database, Value};

use super::*;

storage::conformance!(
    workers_are_counted_by_state_and_deleted_ones_are_not,
    a_difference_is_as_old_as_the_change_that_made_it,
    counting_a_large_fleet_reads_indexes_only,
);

/// `$2` workers with the numbers from `$1` on, which have converged on `running`.
const WORKERS: [&str; 2] = [
    "INSERT INTO workers (id, name, region, instance_type, provider, tags, created_by, created_at, updated_at, version, \
       revision, desired_state, desired_generation, desired_set_by, desired_set_at, observed_state, observed_generation, \
       observed_since, outcome_result) \
     SELECT unhex(printf('%032x', i)), 'w', 'eu', 'm5', 'simulated', '{}', 'root', i, i, 1, 1, 'running', 1, 'root', \
       1000000, 'running', 1, 2000000, 'converged' \
     FROM (WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 + $2 - 1) SELECT i FROM n)",
    "INSERT INTO workers (id, name, region, instance_type, provider, tags, created_by, created_at, updated_at, version, \
       revision, desired_state, desired_generation, desired_set_by, desired_set_at, observed_state, observed_generation, \
       observed_since, outcome_result) \
     SELECT lpad(to_hex(i), 32, '0')::uuid, 'w', 'eu', 'm5', 'simulated', '{}', 'root', i, i, 1, 1, 'running', 1, 'root', \
       1000000, 'running', 1, 2000000, 'converged' \
     FROM generate_series($1, $1 + $2 - 1) AS i",
];
/// All of them rest.
const AT_REST: &str = "INSERT INTO reconciles (worker_id, book) SELECT id, '{}' FROM workers";

async fn run(store: &WorkerStore, statement: &'static str) {
    match store.database() {
        Database::Sqlite(it) => sqlx::query(statement).execute(&it.writers).await.map(|_| ()).unwrap(),
        Database::Postgres(it) => sqlx::query(statement).execute(&it.writers).await.map(|_| ()).unwrap(),
    }
}

async fn open(fresh: &Fresh, count: i64) -> WorkerStore {
    let store = WorkerStore::open(&fresh.url).await.unwrap();
    match store.database() {
        Database::Sqlite(it) => {
            sqlx::query(WORKERS[0]).bind(1_i64).bind(count).execute(&it.writers).await.unwrap();
        }
        Database::Postgres(it) => {
            sqlx::query(WORKERS[1]).bind(1_i64).bind(count).execute(&it.writers).await.unwrap();
        }
    }
    run(&store, AT_REST).await;
    store
}

async fn fleet(store: &WorkerStore) -> Fleet {
    store.fleet(Micros(10_000_000)).await.unwrap()
}

/// The counts that are not 0.
fn some<T: Copy>(counts: &[(T, u64)]) -> Vec<(T, u64)> {
    counts.iter().copied().filter(|it| it.1 > 0).collect()
}

async fn workers_are_counted_by_state_and_deleted_ones_are_not(fresh: Fresh) {
    let store = open(&fresh, 5).await;
    let all = fleet(&store).await;
    assert_eq!((all.observed.len(), all.unconverged.len()), (8, 3), "{all:?}");
    assert_eq!(some(&all.observed), [(ObservedState::Running, 5)]);
    assert_eq!((some(&all.unconverged), all.drift, all.due), (vec![], Duration::ZERO, 0));
    run(&store, "UPDATE workers SET observed_state = 'failed' WHERE created_at = 1").await;
    run(&store, "UPDATE workers SET desired_state = 'terminated' WHERE created_at = 2").await;
    run(
        &store,
        "UPDATE workers SET desired_state = 'terminated', observed_state = 'terminated' WHERE created_at = 3",
    )
    .await;
    run(&store, "UPDATE workers SET deleted_at = 1, desired_state = 'stopped' WHERE created_at = 4").await;
    run(&store, "UPDATE reconciles SET due_at = 1").await;
    // Somebody takes these turns.
    run(&store, "UPDATE reconciles SET lease_until = 9000000000000000 WHERE worker_id IN (SELECT id FROM workers WHERE created_at > 2)").await;
    let changed = fleet(&store).await;
    let observed = [(ObservedState::Running, 2), (ObservedState::Terminated, 1), (ObservedState::Failed, 1)];
    assert_eq!(some(&changed.observed), observed);
    let unconverged = [(DesiredState::Running, 1), (DesiredState::Terminated, 1)];
    assert_eq!(some(&changed.unconverged), unconverged);
    assert_eq!(changed.due, 2);
    assert!(changed.due_for > Duration::from_hours(24), "{changed:?}");
    run(&store, "UPDATE reconciles SET due_at = 9000000000000000").await;
    assert_eq!(fleet(&store).await.due, 0, "they are due later");
}

async fn a_difference_is_as_old_as_the_change_that_made_it(fresh: Fresh) {
    let store = open(&fresh, 3).await;
    // It had converged, and left the state by itself.
    run(
        &store,
        "UPDATE workers SET observed_state = 'stopped', observed_since = 7000000 WHERE created_at = 1",
    )
    .await;
    assert_eq!(fleet(&store).await.drift, Duration::from_secs(3));
    // Its desired state was set; the machine has taken a step since.
    run(
        &store,
        "UPDATE workers SET desired_state = 'stopped', desired_set_at = 4000000, outcome_result = NULL, \
           observed_state = 'stopping', observed_since = 8000000 WHERE created_at = 2",
    )
    .await;
    assert_eq!(fleet(&store).await.drift, Duration::from_secs(6));
}

async fn counting_a_large_fleet_reads_indexes_only(fresh: Fresh) {
    let store = open(&fresh, 20_000).await;
    run(&store, "UPDATE workers SET observed_state = 'failed' WHERE created_at % 1000 = 0").await;
    run(
        &store,
        "UPDATE reconciles SET due_at = 1 WHERE worker_id IN (SELECT id FROM workers WHERE created_at < 20)",
    )
    .await;
    gather_statistics(store.database()).await.unwrap();
    let due = match store.database() {
        Database::Sqlite(_) => &DUE.sqlite,
        Database::Postgres(_) => &DUE.postgres,
    };
    let most: [Value; 1] = [MAX_DUE.into()];
    for (statement, values, rows) in
        [(&UNCONVERGED, &[][..], 100), (due, &most, 100), (&BY_STATE, &[], 20_100)]
    {
        let reading = Reading::of(store.database(), statement, values).await.unwrap();
        assert!(reading.at_most(rows).is_ok(), "{}", reading.at_most(rows).unwrap_err());
    }
}
