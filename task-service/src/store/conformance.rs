//! The conformance tests of the task store, run against both databases.

use std::time::Duration;

use access::Scope;
use access::testing::caller;
use platform::clock::Clock;
use platform::violation::Violations;
use proto::task::v1::{CreateTaskRequest, CreateTaskResponse};
use service::request_key::Earlier;
use storage::Page;
use storage::testing::Fresh;
use telemetry::propagation::Cause;

use super::*;
use crate::error::TaskError;
use crate::task::{Change, Creator, DomainError, Draft};

storage::conformance!(
    a_task_reads_back_as_it_was_stored,
    an_unknown_task_is_none,
    its_event_is_stored_with_it,
    a_task_whose_event_cannot_be_stored_is_not_stored,
    a_transaction_ends_though_its_caller_has_gone,
    two_creates_of_one_key_at_once_make_one_task,
    a_change_is_stored_with_its_event_and_one_that_changes_nothing_is_not,
    of_many_changes_of_one_version_at_once_one_is_made,
    a_deleted_task_is_gone_and_its_history_tells_so,
    a_deletion_that_is_refused_or_not_seen_leaves_the_task_as_it_is,
    get_and_list_show_just_what_access_says_is_seen,
    pages_follow_each_other_for_every_visibility,
);

const EVERYTHING: Visibility = Visibility::All;

pub(super) fn task(clock: &Clock, creator: &str, assignee: Option<&str>, department: Option<&str>) -> Task {
    let own = |it: &str| it.to_owned();
    let draft = Draft {
        title: "it's 100 % \"quoted\"; DROP TABLE tasks -- ✓".to_owned(),
        description: "two\nlines".to_owned(),
        assignee_id: assignee.map(own),
        department: department.map(own),
        worker_id: Some(clock.new_id()),
        priority: Some(Priority::High),
        action: None,
    };
    let by = Creator { sub: creator, department: None };
    Task::create(clock.new_id(), draft.check(Violations::default()).unwrap(), &by, clock.now())
}

pub(super) fn created(clock: &Clock, task: &Task) -> NewEvent {
    NewEvent {
        id: clock.new_id(),
        kind: "task.created",
        subject_kind: &crate::subjects::TASK,
        subject_id: task.id,
        revision: task.revision,
        occurred_at: task.created_at,
        actor: task.created_by.clone(),
        roles: None,
        on_behalf_of: None,
        cause: Cause { traceparent: Some("00-a-b-01".to_owned()), tracestate: None },
        before: None,
        after: Some(task.scope()),
        resource: serde_json::to_value(crate::convert::task(task)).unwrap(),
        changed_before: None,
    }
}

async fn two_creates_of_one_key_at_once_make_one_task(fresh: Fresh) {
    let (clock, store) = (Clock::system(), TaskStore::open(&fresh.url).await.unwrap());
    let key = |title: &str| {
        let task = proto::task::v1::Task { title: title.to_owned(), ..Default::default() };
        let request = CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() };
        let ada = caller("ada", &[], None);
        RequestKey::checked(&ada, "test", "k", &request, false, &mut Violations::default())
    };
    let (one, other) = (task(&clock, "ada", None, None), task(&clock, "ada", None, None));
    let create = |task: &Task| {
        let answer = CreateTaskResponse { task: Some(crate::convert::task(task)), ..Default::default() };
        store.insert(key("same"), answer, task.clone(), created(&clock, task))
    };
    let (first, second) = tokio::join!(create(&one), create(&other));
    let (listed, _) =
        store.list(Page::new(9, "", list_id()).unwrap(), &Filter::default(), EVERYTHING).await.unwrap();
    let (told, stored) = match (first.unwrap(), second.unwrap()) {
        (Once::First(_), Once::Repeated(earlier)) => (earlier.answer(), one),
        (Once::Repeated(earlier), Once::First(_)) => (earlier.answer(), other),
        neither => panic!("not one of each: {neither:?}"),
    };
    let told: CreateTaskResponse = told.unwrap();
    assert_eq!((told.task, listed), (Some(crate::convert::task(&stored)), vec![stored]));
    let recall = async |title| request_key::recall(store.database(), key(title).as_ref()).await.unwrap();
    assert!(matches!(recall("same").await, Some(Earlier::Answered(_))));
    assert_eq!(recall("another").await, Some(Earlier::OtherRequest));
}

pub(super) fn deleted(clock: &Clock) -> impl FnOnce(&Task) -> NewEvent + Send + 'static {
    let clock = clock.clone();
    move |task| NewEvent { kind: "task.deleted", after: None, ..created(&clock, task) }
}

fn updated(clock: &Clock) -> impl FnOnce(&Task, &Task) -> NewEvent + Send + 'static {
    let clock = clock.clone();
    move |before, after| NewEvent {
        kind: "task.updated",
        before: Some(before.scope()),
        ..created(&clock, after)
    }
}

fn titled(title: &str) -> Change {
    Change { title: Some(title.to_owned()), ..Change::default() }
}

async fn a_change_is_stored_with_its_event_and_one_that_changes_nothing_is_not(fresh: Fresh) {
    let (clock, store) = (Clock::system(), TaskStore::open(&fresh.url).await.unwrap());
    let task = task(&clock, "ada", Some("bob"), Some("network"));
    store.insert(None, (), task.clone(), created(&clock, &task)).await.unwrap();
    let now = clock.now();
    let all = Change {
        title: Some("u".to_owned()),
        description: Some(String::new()),
        status: Some(Status::Completed),
        priority: Some(Priority::Low),
        assignee_id: Some(None),
        department: Some(Some("storage".to_owned())),
        worker_id: Some(None),
        unreadable: Vec::new(),
    };
    let same = all.clone();
    let change = move |it: &Task| Ok(it.changed(all, now)?);
    let after = store.update(task.id, EVERYTHING, change, updated(&clock)).await.unwrap();
    assert_eq!((after.version, after.revision, after.status), (2, 2, Status::Completed));
    assert_eq!(store.get(task.id, EVERYTHING).await.unwrap(), Some(after.clone()));
    let again = move |it: &Task| Ok(it.changed(same, now)?);
    assert_eq!(store.update(task.id, EVERYTHING, again, updated(&clock)).await.unwrap(), after);
    let events = events::testing::events(store.database()).await.unwrap();
    let told: Vec<_> = events.iter().map(|it| (it.kind.as_str(), it.revision)).collect();
    assert_eq!(told, [("task.created", 1), ("task.updated", 2)]);
}

async fn of_many_changes_of_one_version_at_once_one_is_made(fresh: Fresh) {
    let (clock, store) = (Clock::system(), TaskStore::open(&fresh.url).await.unwrap());
    let task = task(&clock, "ada", None, None);
    store.insert(None, (), task.clone(), created(&clock, &task)).await.unwrap();
    let change = |number: usize| {
        let (store, clock, id) = (store.clone(), clock.clone(), task.id);
        tokio::spawn(async move {
            let now = clock.now();
            let decide = move |it: &Task| {
                it.expect_version(Some(1))?;
                Ok(it.changed(titled(&number.to_string()), now)?)
            };
            store.update(id, EVERYTHING, decide, updated(&clock)).await
        })
    };
    let changes: Vec<_> = (0..8).map(change).collect();
    let mut made = 0;
    for change in changes {
        match change.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => {
                assert!(matches!(error, TaskError::Domain(DomainError::EtagMismatch(2))), "{error:?}");
            }
        }
    }
    assert_eq!(made, 1);
}

async fn a_deleted_task_is_gone_and_its_history_tells_so(fresh: Fresh) {
    let (clock, store) = (Clock::system(), TaskStore::open(&fresh.url).await.unwrap());
    let task = task(&clock, "ada", None, None);
    store.insert(None, (), task.clone(), created(&clock, &task)).await.unwrap();
    let delete = || store.delete(task.id, EVERYTHING, clock.now(), |_| Ok(()), deleted(&clock));
    delete().await.unwrap();
    assert_eq!(store.get(task.id, EVERYTHING).await.unwrap(), None);
    assert!(matches!(delete().await, Err(TaskError::NotFound)), "deleted twice");
    let events = events::testing::events(store.database()).await.unwrap();
    let told: Vec<_> = events.iter().map(|it| (it.kind.as_str(), it.revision)).collect();
    assert_eq!(told, [("task.created", 1), ("task.deleted", 2)]);
}

async fn a_deletion_that_is_refused_or_not_seen_leaves_the_task_as_it_is(fresh: Fresh) {
    let (clock, store) = (Clock::system(), TaskStore::open(&fresh.url).await.unwrap());
    let task = task(&clock, "ada", None, None);
    store.insert(None, (), task.clone(), created(&clock, &task)).await.unwrap();
    let no = |_: &Task| Err(DomainError::DeleteNotAllowed("no").into());
    let refused = store.delete(task.id, EVERYTHING, clock.now(), no, deleted(&clock)).await;
    assert!(matches!(refused, Err(TaskError::Domain(DomainError::DeleteNotAllowed(_)))), "{refused:?}");
    let eve = Visibility::Restricted { person: "eve".to_owned(), department: None };
    let unseen = store.delete(task.id, eve, clock.now(), |_| Ok(()), deleted(&clock)).await;
    assert!(matches!(unseen, Err(TaskError::NotFound)), "{unseen:?}");
    assert_eq!(store.get(task.id, EVERYTHING).await.unwrap(), Some(task));
}

fn list_id() -> storage::ListId {
    storage::ListId::of("test", &proto::task::v1::ListTasksRequest::default())
}

async fn a_task_reads_back_as_it_was_stored(fresh: Fresh) {
    let (clock, store) = (Clock::system(), TaskStore::open(&fresh.url).await.unwrap());
    let task = task(&clock, "ada", Some("bob"), Some("network"));
    store.insert(None, (), task.clone(), created(&clock, &task)).await.unwrap();
    assert_eq!(store.get(task.id, EVERYTHING).await.unwrap(), Some(task));
}

async fn an_unknown_task_is_none(fresh: Fresh) {
    let store = TaskStore::open(&fresh.url).await.unwrap();
    assert_eq!(store.get(Uuid::nil(), EVERYTHING).await.unwrap(), None);
}

async fn its_event_is_stored_with_it(fresh: Fresh) {
    let (clock, store) = (Clock::system(), TaskStore::open(&fresh.url).await.unwrap());
    let task = task(&clock, "ada", Some("bob"), Some("network"));
    store.insert(None, (), task.clone(), created(&clock, &task)).await.unwrap();
    let events = events::testing::events(store.database()).await.unwrap();
    let [event] = events.as_slice() else { panic!("not one event: {events:?}") };
    assert_eq!((event.kind.as_str(), event.subject_id, event.revision), ("task.created", task.id, 1));
    assert_eq!((event.actor.as_str(), event.traceparent.as_deref()), ("ada", Some("00-a-b-01")));
    let scope = Scope {
        department: event.department_after.clone(),
        assignee_id: event.assignee_id_after.clone(),
        created_by: event.created_by_after.clone(),
        everyone: false,
    };
    assert_eq!(scope, task.scope());
    let resource: proto::task::v1::Task = serde_json::from_value(event.resource.0.clone()).unwrap();
    assert_eq!(resource, crate::convert::task(&task));
}

async fn a_task_whose_event_cannot_be_stored_is_not_stored(fresh: Fresh) {
    let (clock, store) = (Clock::system(), TaskStore::open(&fresh.url).await.unwrap());
    let (first, second) = (task(&clock, "ada", None, None), task(&clock, "ada", None, None));
    let event = created(&clock, &first);
    store.insert(None, (), first, event.clone()).await.unwrap();
    let id_taken = NewEvent { id: event.id, ..created(&clock, &second) };
    store.insert(None, (), second.clone(), id_taken).await.unwrap_err();
    assert_eq!(store.get(second.id, EVERYTHING).await.unwrap(), None);
}

async fn a_transaction_ends_though_its_caller_has_gone(fresh: Fresh) {
    let (clock, store) = (Clock::system(), TaskStore::open(&fresh.url).await.unwrap());
    let task = task(&clock, "ada", None, None);
    let (id, event) = (task.id, created(&clock, &task));
    // The caller gives up as soon as the work has begun. On a busy machine, the work may already be done.
    let _ = tokio::time::timeout(Duration::ZERO, store.insert(None, (), task, event)).await;
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while store.get(id, EVERYTHING).await.unwrap().is_none() {
        assert!(std::time::Instant::now() < deadline, "the transaction was dropped with its caller");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Makes tasks with every combination of creator, assignee and department, some with the same creation time.
async fn populated(store: &TaskStore) -> Vec<Task> {
    let clock = Clock::manual(Micros(1_800_000_000_000_000));
    let mut tasks = Vec::new();
    for creator in ["ada", "bob"] {
        for assignee in [None, Some("ada"), Some("bob"), Some("eve")] {
            for department in [None, Some("network"), Some("storage")] {
                let task = task(&clock, creator, assignee, department);
                store.insert(None, (), task.clone(), created(&clock, &task)).await.unwrap();
                tasks.push(task);
            }
            clock.advance(Duration::from_micros(1));
        }
    }
    tasks.sort_by_key(|it| std::cmp::Reverse((it.created_at, it.id)));
    tasks
}

fn visibilities() -> Vec<Visibility> {
    let of = |person: &str, department: Option<&str>| Visibility::Restricted {
        person: person.to_owned(),
        department: department.map(ToOwned::to_owned),
    };
    vec![
        Visibility::All,
        of("ada", None),
        of("ada", Some("network")),
        of("eve", None),
        of("eve", Some("storage")),
        of("nobody", None),
        of("nobody", Some("network")),
        of("nobody", Some("")),
    ]
}

async fn get_and_list_show_just_what_access_says_is_seen(fresh: Fresh) {
    let store = TaskStore::open(&fresh.url).await.unwrap();
    let tasks = populated(&store).await;
    for visibility in visibilities() {
        let expected: Vec<Task> = tasks.iter().filter(|it| visibility.sees(&it.scope())).cloned().collect();
        let (listed, _) = store
            .list(Page::new(200, "", list_id()).unwrap(), &Filter::default(), visibility.clone())
            .await
            .unwrap();
        assert_eq!(listed, expected, "{visibility:?}");
        for task in &tasks {
            let got = store.get(task.id, visibility.clone()).await.unwrap();
            assert_eq!(got.is_some(), visibility.sees(&task.scope()), "{visibility:?} {task:?}");
        }
    }
}

async fn pages_follow_each_other_for_every_visibility(fresh: Fresh) {
    let store = TaskStore::open(&fresh.url).await.unwrap();
    let tasks = populated(&store).await;
    for visibility in visibilities() {
        let expected: Vec<Task> = tasks.iter().filter(|it| visibility.sees(&it.scope())).cloned().collect();
        let (mut walked, mut token) = (Vec::new(), String::new());
        loop {
            let (page, next) = store
                .list(Page::new(5, &token, list_id()).unwrap(), &Filter::default(), visibility.clone())
                .await
                .unwrap();
            assert!(next.is_none() || page.len() == 5, "a short page though more are visible");
            walked.extend(page);
            let Some(next) = next else { break };
            token = next.to_text();
        }
        assert_eq!(walked, expected, "{visibility:?}");
    }
}
