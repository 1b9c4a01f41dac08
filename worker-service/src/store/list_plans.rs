//! Tests that a page of 100,000 workers, with any single filter, reads at most four times its rows.

use storage::testing::Fresh;
use storage::testing::plans::{Reading, gather_statistics};
use storage::{Database, ListId, Page};

use super::list::statement;
use super::{Filter, WorkerStore};
use crate::worker::{ObservedState, Provider};

storage::conformance!(a_page_by_any_one_filter_reads_a_page);

const SIZE: i32 = 50;

/// Seed statements. Some values are frequent, some are rare, some do not occur.
const SEEDS: [[&str; 2]; 2] = [
    [
        "INSERT INTO workers (id, name, region, instance_type, provider, tags, created_by, created_at, updated_at, version, \
           revision, desired_state, desired_generation, desired_set_by, observed_state, observed_generation, \
           observed_since) \
         SELECT unhex(printf('%032x', i)), 'w', CASE WHEN i % 1000 = 0 THEN 'rare' ELSE 'eu' END, 'm5', 'simulated', '{}', \
           'root', i, i, 1, 1, 'running', 1, 'root', CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'running' END, 1, i \
         FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n)",
        "INSERT INTO worker_tags (worker_id, key, value, created_at) \
         SELECT id, 'env', CASE WHEN created_at % 1000 = 0 THEN 'lab' ELSE 'prod' END, created_at FROM workers",
    ],
    [
        "INSERT INTO workers (id, name, region, instance_type, provider, tags, created_by, created_at, updated_at, version, \
           revision, desired_state, desired_generation, desired_set_by, observed_state, observed_generation, \
           observed_since) \
         SELECT lpad(to_hex(i), 32, '0')::uuid, 'w', CASE WHEN i % 1000 = 0 THEN 'rare' ELSE 'eu' END, 'm5', 'simulated', \
           '{}', 'root', i, i, 1, 1, 'running', 1, 'root', CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'running' END, 1, i \
         FROM generate_series(1, 100000) AS i",
        "INSERT INTO worker_tags (worker_id, key, value, created_at) \
         SELECT id, 'env', CASE WHEN created_at % 1000 = 0 THEN 'lab' ELSE 'prod' END, created_at FROM workers",
    ],
];

fn filters() -> Vec<Filter> {
    let none = Filter::default;
    let states = [ObservedState::Running, ObservedState::Failed, ObservedState::Unknown];
    let mut filters = vec![none(), Filter { provider: Some(Provider::Simulated), ..none() }];
    filters.extend(states.map(|it| Filter { status: Some(it), ..none() }));
    filters.extend(["eu", "rare", "nowhere"].map(|it| Filter { region: Some(it.to_owned()), ..none() }));
    let tag = |value: &str| Some(("env".to_owned(), value.to_owned()));
    filters.extend(["prod", "lab", "none"].map(|it| Filter { tag: tag(it), ..none() }));
    filters
}

async fn a_page_by_any_one_filter_reads_a_page(fresh: Fresh) {
    let store = WorkerStore::open(&fresh.url).await.unwrap();
    match store.database() {
        Database::Sqlite(pools) => {
            for seed in SEEDS[0] {
                sqlx::query(seed).execute(&pools.writers).await.unwrap();
            }
        }
        Database::Postgres(it) => {
            for seed in SEEDS[1] {
                sqlx::query(seed).execute(&it.writers).await.unwrap();
            }
        }
    }
    gather_statistics(store.database()).await.unwrap();
    let list = ListId::of("test", &proto::worker::v1::ListWorkersRequest::default());
    let page = Page::new(SIZE, "", list).unwrap();
    for filter in filters() {
        let (statement, values) = statement(page.key(), page.limit(), &filter);
        let reading = Reading::of(store.database(), statement, &values).await.unwrap();
        let read = reading.at_most(4 * u64::try_from(SIZE).unwrap());
        assert!(read.is_ok(), "{filter:?} {}", read.unwrap_err());
    }
}
