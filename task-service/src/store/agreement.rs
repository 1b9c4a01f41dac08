//! Tests that `access::Visibility` in memory and the SQL statements of both databases agree on who may see which tasks,
//! for random callers and tasks.

use std::collections::BTreeSet;

use access::testing::caller;
use access::{Caller, Role};
use events::{EventLog, Snapshot};
use platform::clock::Clock;
use platform::violation::Violations;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use storage::testing::Fresh;
use storage::{ListId, Page, Statement};
use tokio::runtime::Handle;

use super::*;
use crate::task::{Creator, Draft};

storage::conformance!(everybody_finds_just_the_tasks_that_access_says_they_see);

/// Names that differ only in case, accents, blanks and wildcards, so that any comparison other than by bytes fails the
/// test.
const NAMES: [&str; 10] = ["ada", "Ada", "ad\u{e1}", "ada ", "a%", "a_a", "_", "NULL", "bob", "'"];

fn name() -> impl Strategy<Value = String> {
    select(&NAMES[..]).prop_map(ToOwned::to_owned)
}

fn tasks() -> impl Strategy<Value = Vec<Task>> {
    let one = (name(), proptest::option::of(name()), proptest::option::of(name()), 0..3_u8, 0..3_u8);
    let one = one.prop_map(|(creator, assignee_id, department, status, priority)| {
        let (status, priority) = (usize::from(status), usize::from(priority));
        let draft = Draft {
            title: "t".to_owned(),
            assignee_id,
            department,
            priority: Some([Priority::Low, Priority::Medium, Priority::High][priority]),
            ..Draft::default()
        };
        let by = Creator { sub: &creator, department: None };
        let clock = Clock::system();
        let checked = draft.check(Violations::default()).unwrap();
        let status = [Status::Pending, Status::InProgress, Status::Completed][status];
        Task { status, ..Task::create(clock.new_id(), checked, &by, clock.now()) }
    });
    prop::collection::vec(one, 0..30)
}

fn callers() -> impl Strategy<Value = Vec<Caller>> {
    let roles =
        prop::collection::vec(select(vec![Role::Admin, Role::Manager, Role::User, Role::Service]), 0..3);
    // Few callers are admins, because admins see everything.
    let roles = prop_oneof![3 => prop_oneof![Just(vec![]), Just(vec![Role::Manager])], 1 => roles];
    let one = (name(), roles, proptest::option::of(name()));
    prop::collection::vec(one.prop_map(|(who, roles, of)| caller(&who, &roles, of.as_deref())), 1..8)
}

fn filters() -> impl Strategy<Value = Filter> {
    let status = proptest::option::weighted(0.2, select(vec![Status::Pending, Status::Completed]));
    let priority = proptest::option::weighted(0.2, select(vec![Priority::Low, Priority::High]));
    let (assignee, department) =
        (proptest::option::weighted(0.3, name()), proptest::option::weighted(0.3, name()));
    (status, priority, assignee, department).prop_map(|(status, priority, assignee_id, department)| Filter {
        status,
        priority,
        assignee_id,
        department,
        ..Filter::default()
    })
}

fn passes(filter: &Filter, task: &Task) -> bool {
    filter.status.is_none_or(|it| it == task.status)
        && filter.priority.is_none_or(|it| it == task.priority)
        && filter.assignee_id.as_ref().is_none_or(|it| task.assignee_id.as_ref() == Some(it))
        && filter.department.as_ref().is_none_or(|it| task.department.as_ref() == Some(it))
}

/// Returns the ids of all pages of a list.
async fn listed(store: &TaskStore, filter: &Filter, seen: &Visibility) -> Vec<Uuid> {
    let list = ListId::of("test", &proto::task::v1::ListTasksRequest::default());
    let (mut ids, mut token) = (Vec::new(), String::new());
    loop {
        let page = Page::new(4, &token, list).unwrap();
        let (tasks, next) = store.list(page, filter, seen.clone()).await.unwrap();
        ids.extend(tasks.iter().map(|it| it.id));
        let Some(next) = next else { return ids };
        token = next.to_text();
    }
}

/// Returns the ids in a snapshot.
async fn in_snapshot(store: &TaskStore, log: &EventLog, seen: &Visibility) -> Vec<Uuid> {
    let (store, seen) = (store.clone(), seen.clone());
    let read =
        log.snapshot(move |snapshot| Box::pin(async move { Ok(pages(&store, snapshot, &seen).await) }));
    read.await.unwrap().0
}

async fn pages(store: &TaskStore, snapshot: &mut Snapshot, seen: &Visibility) -> Vec<Uuid> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let (tasks, last) = store.snapshot_page(snapshot, seen, after, 7).await.unwrap();
        ids.extend(tasks.iter().map(|it| it.id));
        if last.is_none() {
            return ids;
        }
        after = last;
    }
}

async fn stored(store: &TaskStore, tasks: &[Task]) {
    const DELETE_ALL: Statement = Statement { summary: "DELETE tasks", sql: "DELETE FROM tasks" };
    let tasks = tasks.to_vec();
    let stored: Result<(), StorageError> = store
        .database()
        .write(move |on| {
            Box::pin(async move {
                on.execute(&DELETE_ALL, []).await?;
                for task in tasks {
                    on.execute(&sql::INSERT, values(task)).await?;
                }
                Ok(())
            })
        })
        .await;
    stored.unwrap();
}

async fn check(
    store: &TaskStore,
    log: &EventLog,
    tasks: &[Task],
    callers: &[Caller],
    filter: &Filter,
) -> Result<(), String> {
    stored(store, tasks).await;
    for caller in callers {
        let seen = caller.visibility().clone();
        let expected = |filter: &Filter| -> BTreeSet<Uuid> {
            tasks.iter().filter(|it| seen.sees(&it.scope()) && passes(filter, it)).map(|it| it.id).collect()
        };
        let mut found = vec![
            ("a list", listed(store, &Filter::default(), &seen).await, expected(&Filter::default())),
            ("a filtered list", listed(store, filter, &seen).await, expected(filter)),
            ("a snapshot", in_snapshot(store, log, &seen).await, expected(&Filter::default())),
        ];
        let mut got = Vec::new();
        for task in tasks {
            got.extend(store.get(task.id, seen.clone()).await.unwrap().map(|it| it.id));
        }
        found.push(("get", got, expected(&Filter::default())));
        for (what, ids, expected) in found {
            let count = ids.len();
            let ids: BTreeSet<Uuid> = ids.into_iter().collect();
            if count != ids.len() || ids != expected {
                return Err(format!("{what} for {caller:?} with {filter:?}: {ids:?} and not {expected:?}"));
            }
        }
    }
    Ok(())
}

async fn everybody_finds_just_the_tasks_that_access_says_they_see(fresh: Fresh) {
    let store = TaskStore::open(&fresh.url).await.unwrap();
    let (log, running) = EventLog::start(store.database(), vec![&crate::subjects::TASK]);
    let runtime = Handle::current();
    tokio::task::block_in_place(|| {
        let cases = std::env::var_os("PROPTEST_CASES").map_or(60, |_| Config::default().cases);
        let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
        let outcome =
            TestRunner::new(config).run(&(tasks(), callers(), filters()), |(tasks, callers, filter)| {
                let checked = check(&store, &log, &tasks, &callers, &filter);
                runtime.block_on(checked).map_err(TestCaseError::fail)
            });
        if let Err(TestError::Fail(why, simplest)) = outcome {
            panic!("{why}\n{simplest:#?}");
        }
    });
    running.stop().await;
}
