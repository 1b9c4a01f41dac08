//! Among 100,000 tasks a page by one filter, however it is seen, reads no more than four times its rows.

use access::Visibility;
use storage::testing::Fresh;
use storage::testing::plans::{Reading, gather_statistics};
use storage::{Database, ListId, Page};
use uuid::Uuid;

use super::list::statement;
use super::{Filter, TaskStore};
use crate::task::{Priority, Status};

storage::conformance!(a_page_by_any_one_filter_reads_a_page);

const SIZE: i32 = 50;

/// `boss` is assigned a third of the tasks and has created another; the department `network` has half of them. Some
/// values are everywhere, some nowhere.
const SEEDS: [&str; 2] = [
    "INSERT INTO tasks (id, title, description, status, priority, assignee_id, department, worker_id, created_by,
       created_at, updated_at, version, revision)
     SELECT unhex(printf('%032x', i)), 't', '', CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'pending' END,
       CASE i % 2 WHEN 0 THEN 'low' ELSE 'medium' END, CASE i % 3 WHEN 0 THEN 'boss' WHEN 1 THEN 'p' || (i % 100) END,
       CASE i % 2 WHEN 0 THEN 'network' ELSE 'd' || (i % 50) END,
       CASE WHEN i % 5 = 0 THEN unhex(printf('%032x', i % 7)) END,
       CASE i % 3 WHEN 1 THEN 'boss' ELSE 'p' || (i % 100) END, i, i, 1, 1
     FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n)",
    "INSERT INTO tasks (id, title, description, status, priority, assignee_id, department, worker_id, created_by,
       created_at, updated_at, version, revision)
     SELECT lpad(to_hex(i), 32, '0')::uuid, 't', '', CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'pending' END,
       CASE i % 2 WHEN 0 THEN 'low' ELSE 'medium' END, CASE i % 3 WHEN 0 THEN 'boss' WHEN 1 THEN 'p' || (i % 100) END,
       CASE i % 2 WHEN 0 THEN 'network' ELSE 'd' || (i % 50) END,
       CASE WHEN i % 5 = 0 THEN lpad(to_hex(i % 7), 32, '0')::uuid END,
       CASE i % 3 WHEN 1 THEN 'boss' ELSE 'p' || (i % 100) END, i, i, 1, 1
     FROM generate_series(1, 100000) AS i",
];

fn filters() -> Vec<Filter> {
    let own = |it: &str| Some(it.to_owned());
    let none = Filter::default;
    let mut filters = vec![none()];
    filters.extend(
        [Status::Pending, Status::Failed, Status::Completed].map(|it| Filter { status: Some(it), ..none() }),
    );
    filters.extend([Priority::Low, Priority::High].map(|it| Filter { priority: Some(it), ..none() }));
    filters.extend(["boss", "p1", "nobody"].map(|it| Filter { assignee_id: own(it), ..none() }));
    filters.extend(["network", "d1", "nowhere"].map(|it| Filter { department: own(it), ..none() }));
    filters.extend([5, 9].map(|it| Filter { worker_id: Some(Uuid::from_u128(it)), ..none() }));
    filters
}

async fn a_page_by_any_one_filter_reads_a_page(fresh: Fresh) {
    let store = TaskStore::open(&fresh.url).await.unwrap();
    match store.database() {
        Database::Sqlite(pools) => {
            sqlx::query(SEEDS[0]).execute(&pools.writer).await.unwrap();
        }
        Database::Postgres(it) => {
            sqlx::query(SEEDS[1]).execute(&it.pool).await.unwrap();
        }
    }
    gather_statistics(store.database()).await.unwrap();
    let of = |person: &str, department: Option<&str>| Visibility::Of {
        person: person.to_owned(),
        department: department.map(ToOwned::to_owned),
    };
    let views = [
        Visibility::All,
        of("boss", None),
        of("boss", Some("network")),
        of("p1", Some("d1")),
        of("nobody", None),
    ];
    let list = ListId::of("test", &proto::task::v1::ListTasksRequest::default());
    let page = Page::new(SIZE, "", list).unwrap();
    for filter in filters() {
        for seen in &views {
            let (statement, values) = statement(&page, &filter, seen.clone());
            let reading = Reading::of(store.database(), statement, &values).await.unwrap();
            let read = reading.at_most(4 * u64::try_from(SIZE).unwrap());
            assert!(read.is_ok(), "{filter:?} {seen:?} {}", read.unwrap_err());
        }
    }
}
