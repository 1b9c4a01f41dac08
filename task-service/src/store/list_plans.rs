//! Tests that a page of 100,000 tasks, with any single filter and visibility, reads a page of each class that it shows and
//! of each way to see tasks, and no more.

use access::Visibility;
use storage::testing::Fresh;
use storage::testing::plans::{Reading, gather_statistics};
use storage::{ListId, Page, Statements as _};
use uuid::Uuid;

use super::list::statement;
use super::seed::seed_tasks;
use super::{Filter, Shown, TaskStore};
use crate::task::{Priority, Status};

storage::conformance!(a_page_by_any_one_filter_reads_a_page);

const SIZE: i32 = 50;

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
    seed_tasks(&store, 100_000).await;
    gather_statistics(store.database()).await.unwrap();
    let system = store.database().connection().await.unwrap().system();
    let of = |person: &str, department: Option<&str>| Visibility::Restricted {
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
            for (shown, classes) in
                [(Shown::Open, 2), (Shown::Human, 1), (Shown::Actions, 2), (Shown::All, 3)]
            {
                let filter = Filter { shown, ..filter.clone() };
                let (statement, values) = statement(system, page.key(), page.limit(), &filter, seen.clone());
                let reading = Reading::of(store.database(), statement, &values).await.unwrap();
                let read = reading.at_most((3 * classes + 1) * u64::try_from(SIZE).unwrap());
                assert!(read.is_ok(), "{filter:?} {seen:?} {}", read.unwrap_err());
            }
        }
    }
}
