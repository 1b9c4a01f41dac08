//! The conformance tests of the event log, run against both databases.

use std::sync::Arc;
use std::time::Duration;

use access::Visibility;
use platform::clock::Clock;
use serde_json::json;

use super::*;
use crate::backlog::{BACKLOG, Backlog};
use storage::testing::Fresh;
use storage::{Database, ListId, Page, StorageError};

storage::conformance!(
    events_get_dense_positions_in_the_order_of_their_commits,
    every_follower_gets_every_event_once_in_the_same_order_during_writes,
    a_lagging_follower_reads_without_gaps,
    a_rolled_back_change_leaves_no_gap,
    a_history_is_newest_first_and_shown_by_the_last_scope,
    a_different_log_and_a_position_beyond_the_head_cannot_be_followed,
    the_events_of_subjects_deleted_long_ago_are_removed,
    the_events_of_a_restored_subject_are_kept,
    events_without_a_position_are_counted_with_little_reading,
);

pub(crate) static TASK: SubjectKind = SubjectKind {
    name: "task",
    for_everyone: false,
    id_attribute: "ccm.task.id",
    wire: proto::event::v1::SubjectKind::Task,
    removed: "task.removed",
    audited: &[],
    events: &["task.created", "task.updated"],
    read: |json| serde_json::from_value(json).map(proto::event::v1::event::Resource::Task),
};

/// An event of a task at position 3.
pub(crate) fn recorded() -> Recorded {
    let (seq, position, revision, bytes) = (7, 3, 2, 100);
    let (subject_id, before, after, event) = (Uuid::nil(), None, None, proto::event::v1::Event::default());
    Recorded { seq, kind: &TASK, position, subject_id, revision, before, after, event, bytes }
}

/// Who follows a log, where it does not matter.
pub(super) fn anybody() -> Subscriber {
    Subscriber::of(&access::testing::caller("ada", &[], None))
}

pub(super) async fn open(fresh: &Fresh) -> Database {
    Database::open(&fresh.url, &crate::migrations()).await.unwrap()
}

/// An event of a task that `ada` created.
pub(super) fn change(subject_id: Uuid, revision: i64) -> NewEvent {
    let scope = |it: &str| Scope { created_by: Some(it.to_owned()), ..Scope::default() };
    NewEvent {
        id: Clock::system().new_id(),
        kind: if revision == 1 { "task.created" } else { "task.updated" },
        subject_kind: &TASK,
        subject_id,
        revision,
        occurred_at: Micros(1_800_000_000_000_000),
        actor: "ada".to_owned(),
        roles: None,
        on_behalf_of: None,
        cause: Cause { traceparent: Some("00-a-b-01".to_owned()), tracestate: None },
        before: (revision > 1).then(|| scope("ada")),
        after: Some(scope("ada")),
        resource: json!({"id": subject_id.to_string(), "title": "t", "revision": revision.to_string()}),
        changed_before: (revision > 1).then(|| json!({"title": "before"})),
    }
}

pub(super) fn subject() -> Uuid {
    Clock::system().new_id()
}

pub(super) async fn append(database: &Database, event: NewEvent) -> Result<(), StorageError> {
    database.write(move |on| Box::pin(crate::append(on, event))).await
}

/// Waits for the next `count` events, and returns position, subject and revision of each.
async fn take(follower: &mut Follower, count: usize) -> Vec<(i64, Uuid, i64)> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let next = tokio::time::timeout(Duration::from_secs(30), follower.next()).await;
        let events = next.unwrap_or_else(|_| panic!("{} of {count} events came", taken.len())).unwrap();
        taken.extend(events.iter().map(|it| (it.position, it.subject_id, it.revision)));
    }
    taken
}

async fn events_get_dense_positions_in_the_order_of_their_commits(fresh: Fresh) {
    let database = open(&fresh).await;
    let (log, _running) = EventLog::start(&database, vec![&TASK]);
    let point = log.point().await.unwrap();
    assert_eq!((point.head, point.oldest), (0, 1));
    let mut follower = log.follow(point.log_id, 0, &anybody());
    let subject = subject();
    for revision in 1..=5 {
        append(&database, change(subject, revision)).await.unwrap();
    }
    let expected: Vec<_> = (1..=5).map(|it| (it, subject, it)).collect();
    assert_eq!(take(&mut follower, 5).await, expected);
    assert_eq!(log.point().await.unwrap().head, 5);
}

async fn every_follower_gets_every_event_once_in_the_same_order_during_writes(fresh: Fresh) {
    const WRITERS: usize = 8;
    const EACH: usize = 25;
    let database = open(&fresh).await;
    let (log, _running) = EventLog::start(&database, vec![&TASK]);
    let log_id = log.point().await.unwrap().log_id;
    let writers = (0..WRITERS).map(|_| {
        let database = database.clone();
        tokio::spawn(async move {
            let subject = subject();
            for revision in 1..=EACH {
                append(&database, change(subject, i64::try_from(revision).unwrap())).await.unwrap();
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let mut followers: Vec<_> = (0..4).map(|_| log.follow(log_id, 0, &anybody())).collect();
    let read = followers.iter_mut().map(|it| take(it, WRITERS * EACH));
    let read = futures_util::future::join_all(read).await;
    for writer in writers {
        writer.await.unwrap();
    }
    assert!(read.iter().all(|it| *it == read[0]), "the orders differ");
    assert!(read[0].iter().map(|it| it.0).eq(1..=200), "positions are not dense");
    let mut last = std::collections::HashMap::new();
    for (_, subject, revision) in &read[0] {
        let before = last.insert(*subject, *revision).unwrap_or(0);
        assert_eq!(*revision, before + 1, "a subject's events are not in the order of its revisions");
    }
}

async fn a_lagging_follower_reads_without_gaps(fresh: Fresh) {
    let database = open(&fresh).await;
    let (log, _running) = EventLog::start(&database, vec![&TASK]);
    let log_id = log.point().await.unwrap().log_id;
    let many: i64 = 600;
    let events: Vec<_> = (0..many).map(|_| change(subject(), 1)).collect();
    let written: Result<(), StorageError> = database
        .write(move |on| {
            Box::pin(async move {
                for event in events {
                    crate::append(on, event).await?;
                }
                Ok(())
            })
        })
        .await;
    written.unwrap();
    let mut first = log.follow(log_id, 0, &anybody());
    assert_eq!(take(&mut first, 600).await.len(), 600);
    // The tail holds nothing of what was there when the first one began to follow.
    append(&database, change(subject(), 1)).await.unwrap();
    let mut second = log.follow(log_id, 300, &anybody());
    assert!(take(&mut second, 301).await.iter().map(|it| it.0).eq(301..=601));
}

async fn a_rolled_back_change_leaves_no_gap(fresh: Fresh) {
    let database = open(&fresh).await;
    let (log, _running) = EventLog::start(&database, vec![&TASK]);
    let mut follower = log.follow(log.point().await.unwrap().log_id, 0, &anybody());
    let event = change(subject(), 1);
    append(&database, event.clone()).await.unwrap();
    append(&database, event).await.unwrap_err();
    append(&database, change(subject(), 1)).await.unwrap();
    assert!(take(&mut follower, 2).await.iter().map(|it| it.0).eq(1..=2));
}

async fn a_history_is_newest_first_and_shown_by_the_last_scope(fresh: Fresh) {
    let database = open(&fresh).await;
    let (log, _running) = EventLog::start(&database, vec![&TASK]);
    let (task, of) =
        (subject(), |it: &str| Visibility::Restricted { person: it.to_owned(), department: None });
    for revision in 1..=3 {
        append(&database, change(task, revision)).await.unwrap();
    }
    append(&database, NewEvent { kind: "task.deleted", after: None, ..change(task, 4) }).await.unwrap();
    let list = ListId::of("test", &proto::event::v1::ListEventsRequest::default());
    let page = |token: &str| Page::new(3, token, list).unwrap();
    let (newest, next) = log.history(task, page(""), &of("ada"), |_| true).await.unwrap().unwrap();
    assert_eq!(newest.iter().map(|it| it.revision).collect::<Vec<_>>(), [4, 3, 2]);
    let (oldest, next) =
        log.history(task, page(&next.unwrap().to_text()), &of("ada"), |_| true).await.unwrap().unwrap();
    assert_eq!(oldest.iter().map(|it| it.revision).collect::<Vec<_>>(), [1]);
    assert!(next.is_none());
    assert!(log.history(task, page(""), &of("bob"), |_| true).await.unwrap().is_none(), "bob never saw it");
    assert!(log.history(task, page(""), &Visibility::All, |_| true).await.unwrap().is_some());
    assert!(log.history(subject(), page(""), &Visibility::All, |_| true).await.unwrap().is_none());
}

async fn a_different_log_and_a_position_beyond_the_head_cannot_be_followed(fresh: Fresh) {
    let database = open(&fresh).await;
    let (log, _running) = EventLog::start(&database, vec![&TASK]);
    append(&database, change(subject(), 1)).await.unwrap();
    let log_id = log.point().await.unwrap().log_id;
    let mut here = log.follow(log_id, 0, &anybody());
    take(&mut here, 1).await;
    for (log_id, position) in [(Uuid::nil(), 1), (log_id, 7)] {
        let mut follower = log.follow(log_id, position, &anybody());
        let next = tokio::time::timeout(Duration::from_secs(30), follower.next()).await.expect("an answer");
        assert!(matches!(next, Err(ReadError::Gone)), "{log_id} {position}");
    }
    let _: Arc<Recorded> = log.reader.after(0, 1).await.unwrap().remove(0);
}

async fn the_events_of_subjects_deleted_long_ago_are_removed(fresh: Fresh) {
    let database = open(&fresh).await;
    let (log, _running) = EventLog::start(&database, vec![&TASK]);
    let (living, gone) = (subject(), subject());
    let end = NewEvent { kind: "task.deleted", after: None, ..change(gone, 2) };
    let ended_at = end.occurred_at;
    for event in [change(living, 1), change(gone, 1), end, change(living, 2)] {
        append(&database, event).await.unwrap();
    }
    let log_id = log.point().await.unwrap().log_id;
    take(&mut log.follow(log_id, 0, &anybody()), 4).await;
    assert_eq!(log.trim(ended_at, 10).await.unwrap(), 0, "it did not end before then");
    assert_eq!(log.trim(Micros(ended_at.0 + 1), 10).await.unwrap(), 1);
    assert_eq!(log.point().await.unwrap().oldest, 4);
    assert!(matches!(log.reader.after(0, 10).await, Err(ReadError::Gone)), "a reader skips removed events");
    assert_eq!(take(&mut log.follow(log_id, 3, &anybody()), 1).await, [(4, living, 2)]);
    let list = ListId::of("test", &proto::event::v1::ListEventsRequest::default());
    let page = Page::new(10, "", list).unwrap();
    let (history, _) = log.history(living, page, &Visibility::All, |_| true).await.unwrap().unwrap();
    assert_eq!(history.len(), 2, "the history of what lives is whole");
    assert!(log.history(gone, page, &Visibility::All, |_| true).await.unwrap().is_none());
}

async fn the_events_of_a_restored_subject_are_kept(fresh: Fresh) {
    let database = open(&fresh).await;
    let (log, _running) = EventLog::start(&database, vec![&TASK]);
    let restored = subject();
    let end = NewEvent { kind: "task.deleted", after: None, ..change(restored, 2) };
    for event in [change(restored, 1), end, change(restored, 3)] {
        append(&database, event).await.unwrap();
    }
    take(&mut log.follow(log.point().await.unwrap().log_id, 0, &anybody()), 3).await;
    assert_eq!(log.trim(Micros(i64::MAX), 10).await.unwrap(), 0);
}

/// 20,000 events with a position.
const CROWD: [&str; 2] = [
    "INSERT INTO events (id, type, subject_kind, subject_id, revision, occurred_at, actor, existed_before, exists_after, \
       resource) \
     SELECT unhex(printf('%032x', i)), 'task.created', 'task', unhex(printf('%032x', i)), 1, i, 'ada', 0, 1, '{}' \
     FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n)",
    "INSERT INTO events (position, id, type, subject_kind, subject_id, revision, occurred_at, actor, existed_before, \
       exists_after, resource) \
     SELECT i, lpad(to_hex(i), 32, '0')::uuid, 'task.created', 'task', lpad(to_hex(i), 32, '0')::uuid, 1, i, 'ada', \
       false, true, '{}' \
     FROM generate_series(1, 20000) AS i",
];

async fn events_without_a_position_are_counted_with_little_reading(fresh: Fresh) {
    let database = open(&fresh).await;
    match &database {
        Database::Sqlite(it) => sqlx::query(CROWD[0]).execute(&it.writers).await.map(|_| ()).unwrap(),
        Database::Postgres(it) => sqlx::query(CROWD[1]).execute(&it.writers).await.map(|_| ()).unwrap(),
    }
    assert_eq!(Backlog::of(&database).await.unwrap(), Backlog::default());
    let mut occurred_at = Clock::system().now();
    occurred_at.0 -= 60_000_000;
    // Nobody gives them positions on PostgreSQL, because the log is not started.
    for (revision, occurred_at) in [(1, occurred_at), (2, Clock::system().now())] {
        append(&database, NewEvent { occurred_at, ..change(Uuid::max(), revision) }).await.unwrap();
    }
    let backlog = Backlog::of(&database).await.unwrap();
    match &database {
        Database::Sqlite(_) => assert_eq!(backlog, Backlog::default()),
        Database::Postgres(_) => {
            assert_eq!(backlog.events, 2);
            assert!((60..120).contains(&backlog.oldest.as_secs()), "{backlog:?}");
        }
    }
    storage::testing::plans::gather_statistics(&database).await.unwrap();
    let statement = match &database {
        Database::Sqlite(_) => &BACKLOG.sqlite,
        Database::Postgres(_) => &BACKLOG.postgres,
    };
    let reading =
        storage::testing::plans::Reading::of(&database, statement, &[10_000_i64.into()]).await.unwrap();
    assert!(reading.at_most(20).is_ok(), "{}", reading.at_most(20).unwrap_err());
}
