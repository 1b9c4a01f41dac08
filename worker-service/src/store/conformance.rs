//! The conformance tests of the worker store, run against both databases.

use std::collections::BTreeMap;
use std::sync::Arc;

use events::EventLog;
use platform::clock::{Clock, Micros};
use platform::violation::Violations;
use proto::worker::v1::ImportWorkerResponse;
use storage::Page;
use storage::testing::Fresh;
use telemetry::propagation::Cause;
use telemetry::span::{SpanBuilder, SpanKind};
use telemetry::testing::{ended_spans, record_spans};

use super::*;
use crate::worker::{Desired, DomainError, Draft, Failure, ObservedState};

storage::conformance!(
    a_worker_reads_back_as_it_was_stored,
    an_unknown_worker_is_none,
    its_event_is_stored_with_it,
    a_worker_whose_event_cannot_be_stored_is_not_stored,
    pages_follow_each_other_without_gap_or_repetition,
    no_more_is_read_than_a_page_may_have_bytes,
    a_change_is_stored_with_its_event_and_no_change_leaves_none,
    a_deleted_worker_is_gone_and_deleted_once,
    a_deleted_worker_of_a_machine_is_restored_by_its_import,
    generations_are_returned_in_the_order_of_the_question_by_one_statement,
    several_replicas_can_open_an_empty_database_at_once,
);

fn worker(clock: &Clock, name: &str) -> Worker {
    let draft = Draft {
        name: name.to_owned(),
        region: "us-east-1".to_owned(),
        instance_type: "m5.metal".to_owned(),
        tags: BTreeMap::from([("team".to_owned(), "lab's \"own\" ✓".to_owned())]),
        ..Draft::default()
    };
    Worker::create(clock.new_id(), draft.check(Violations::default()).unwrap(), "ada", clock.now())
}

fn created(clock: &Clock, worker: &Worker) -> NewEvent {
    NewEvent {
        id: clock.new_id(),
        kind: "worker.created",
        subject_kind: &crate::subjects::WORKER,
        subject_id: worker.id,
        revision: worker.revision,
        occurred_at: worker.created_at,
        actor: "ada".to_owned(),
        roles: None,
        on_behalf_of: None,
        cause: Cause { traceparent: Some("00-a-b-01".to_owned()), tracestate: None },
        before: None,
        after: Some(access::Scope::everyone()),
        resource: serde_json::to_value(crate::convert::worker(worker)).unwrap(),
        changed_before: None,
    }
}

fn list_id() -> storage::ListId {
    storage::ListId::of("test", &proto::worker::v1::ListWorkersRequest::default())
}

async fn a_worker_reads_back_as_it_was_stored(fresh: Fresh) {
    let (clock, store) = (Clock::system(), WorkerStore::open(&fresh.url).await.unwrap());
    let worker = worker(&clock, "it's a lab; DROP TABLE workers");
    store.insert(None, (), worker.clone(), created(&clock, &worker)).await.unwrap();
    assert_eq!(store.get(worker.id).await.unwrap(), Some(worker));
}

async fn an_unknown_worker_is_none(fresh: Fresh) {
    let store = WorkerStore::open(&fresh.url).await.unwrap();
    assert_eq!(store.get(Uuid::nil()).await.unwrap(), None);
}

async fn generations_are_returned_in_the_order_of_the_question_by_one_statement(fresh: Fresh) {
    let (clock, store) = (Clock::system(), WorkerStore::open(&fresh.url).await.unwrap());
    let (first, second) = (worker(&clock, "first"), worker(&clock, "second"));
    let second =
        Worker { created_at: Micros(7), desired: Desired { set_at: Micros(7), ..second.desired }, ..second };
    for it in [&first, &second] {
        store.insert(None, (), it.clone(), created(&clock, it)).await.unwrap();
    }
    record_spans();
    let span = SpanBuilder::new(SpanKind::Server).start(|it| it.name("request"));
    let asked = [(second.id, 1), (Uuid::nil(), 1), (first.id, 1), (first.id, 2), (second.id, 1)];
    let found = span.run(store.generations(&asked)).await.unwrap();
    span.end();
    let set_at: Vec<_> = found.into_iter().map(|it| it.map(|it| it.set_at)).collect();
    let first = Some(first.desired.set_at);
    assert_eq!(set_at, [Some(Micros(7)), None, first, None, Some(Micros(7))]);
    let spans = ended_spans(&span.span_context().trace_id().to_string());
    let statements = spans.iter().filter(|it| it.name.contains("worker_generations"));
    assert_eq!(statements.count(), 1, "{spans:?}");
}

async fn its_event_is_stored_with_it(fresh: Fresh) {
    let (clock, store) = (Clock::system(), WorkerStore::open(&fresh.url).await.unwrap());
    let worker = worker(&clock, "lab");
    store.insert(None, (), worker.clone(), created(&clock, &worker)).await.unwrap();
    let events = events::testing::events(store.database()).await.unwrap();
    let [event] = events.as_slice() else { panic!("not one event: {events:?}") };
    assert_eq!((event.kind.as_str(), event.subject_id, event.revision), ("worker.created", worker.id, 1));
    assert_eq!((event.actor.as_str(), event.traceparent.as_deref()), ("ada", Some("00-a-b-01")));
    let resource: proto::worker::v1::Worker = serde_json::from_value(event.resource.0.clone()).unwrap();
    assert_eq!(resource, crate::convert::worker(&worker));
}

async fn a_worker_whose_event_cannot_be_stored_is_not_stored(fresh: Fresh) {
    let (clock, store) = (Clock::system(), WorkerStore::open(&fresh.url).await.unwrap());
    let (first, second) = (worker(&clock, "first"), worker(&clock, "second"));
    let event = created(&clock, &first);
    store.insert(None, (), first, event.clone()).await.unwrap();
    let id_taken = NewEvent { id: event.id, ..created(&clock, &second) };
    store.insert(None, (), second.clone(), id_taken).await.unwrap_err();
    assert_eq!(store.get(second.id).await.unwrap(), None);
}

async fn pages_follow_each_other_without_gap_or_repetition(fresh: Fresh) {
    let clock = Clock::manual(Micros(1_800_000_000_000_000));
    let store = WorkerStore::open(&fresh.url).await.unwrap();
    let mut stored = Vec::new();
    for number in 0..7 {
        // Several workers have the same creation time, so the id decides.
        if number % 3 == 0 {
            clock.advance(std::time::Duration::from_micros(1));
        }
        let worker = worker(&clock, &format!("lab {number}"));
        store.insert(None, (), worker.clone(), created(&clock, &worker)).await.unwrap();
        stored.push(worker);
    }
    stored.sort_by_key(|it| std::cmp::Reverse((it.created_at, it.id)));
    let (mut walked, mut token) = (Vec::new(), String::new());
    loop {
        let (workers, next) =
            store.list(Page::new(3, &token, list_id()).unwrap(), &Filter::default()).await.unwrap();
        assert!(workers.len() <= 3);
        walked.extend(workers);
        let Some(next) = next else { break };
        token = next.to_text();
    }
    assert_eq!(walked, stored);
}

async fn no_more_is_read_than_a_page_may_have_bytes(fresh: Fresh) {
    let (clock, store) = (Clock::system(), WorkerStore::open(&fresh.url).await.unwrap());
    // Four of them have more bytes than a page may have.
    let message = "x".repeat(Page::MAX_BYTES / 3 - 1_000);
    for number in 0..7 {
        let failure = Failure { reason: "LARGE".to_owned(), message: message.clone() };
        let worker = Worker { failure: Some(failure), ..worker(&clock, &format!("lab {number}")) };
        store.insert(None, (), worker.clone(), created(&clock, &worker)).await.unwrap();
    }
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let page = Page::new(200, &token, list_id()).unwrap();
        let (workers, next) = store.list(page, &Filter::default()).await.unwrap();
        pages.push(workers.into_iter().map(|it| it.name).collect::<Vec<_>>());
        let Some(next) = next else { break };
        token = next.to_text();
    }
    let expected = [vec!["lab 6", "lab 5", "lab 4"], vec!["lab 3", "lab 2", "lab 1"], vec!["lab 0"]];
    assert_eq!(pages, expected);

    let (log, _running) = EventLog::start(store.database(), vec![&crate::subjects::WORKER]);
    let read = log.snapshot(|snapshot| {
        Box::pin(async move {
            let (mut pages, mut after) = (Vec::new(), None);
            loop {
                let (workers, last) = store.snapshot_page(snapshot, after, 500).await?;
                pages.push(workers.into_iter().map(|it| it.name).collect::<Vec<_>>());
                if last.is_none() {
                    return Ok(pages);
                }
                after = last;
            }
        })
    });
    assert_eq!(read.await.unwrap().0, expected);
}

async fn several_replicas_can_open_an_empty_database_at_once(fresh: Fresh) {
    let url: Arc<str> = fresh.url.as_str().into();
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { WorkerStore::open(&url).await.map(drop) })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap();
    }
}

fn renamed(before: &Worker, clock: &Clock, name: &str) -> Result<Option<(Worker, NewEvent)>, WorkerError> {
    let change = crate::worker::Change { name: Some(name.to_owned()), ..Default::default() };
    let after = before.changed(change, Violations::default(), clock.now()).map_err(DomainError::Invalid)?;
    Ok(after.map(|it| (it.clone(), NewEvent { kind: "worker.updated", ..created(clock, &it) })))
}

async fn a_change_is_stored_with_its_event_and_no_change_leaves_none(fresh: Fresh) {
    let (clock, store) = (Clock::system(), WorkerStore::open(&fresh.url).await.unwrap());
    let worker = worker(&clock, "lab");
    store.insert(None, (), worker.clone(), created(&clock, &worker)).await.unwrap();
    for _ in 0..2 {
        let clock = clock.clone();
        let changed = store.change(worker.id, move |it| renamed(it, &clock, "new")).await.unwrap();
        assert_eq!((changed.name.as_str(), changed.version, changed.revision), ("new", 2, 2));
        assert_eq!(store.get(worker.id).await.unwrap(), Some(changed));
    }
    assert_eq!(events::testing::events(store.database()).await.unwrap().len(), 2);
}

async fn a_deleted_worker_is_gone_and_deleted_once(fresh: Fresh) {
    let (clock, store) = (Clock::system(), WorkerStore::open(&fresh.url).await.unwrap());
    let mut worker = worker(&clock, "lab");
    worker.observed.state = ObservedState::Terminated;
    store.insert(None, (), worker.clone(), created(&clock, &worker)).await.unwrap();
    let delete = || {
        let clock = clock.clone();
        store.change(worker.id, move |it| {
            let after = it.deleted(clock.now())?;
            Ok(Some((after.clone(), NewEvent { kind: "worker.deleted", ..created(&clock, &after) })))
        })
    };
    delete().await.unwrap();
    assert_eq!(store.get(worker.id).await.unwrap(), None);
    assert!(matches!(delete().await, Err(WorkerError::NotFound)));
}

async fn a_deleted_worker_of_a_machine_is_restored_by_its_import(fresh: Fresh) {
    let (clock, store) = (Clock::system(), WorkerStore::open(&fresh.url).await.unwrap());
    let import = |name: &str| Worker { instance_id: Some("i-1".to_owned()), ..worker(&clock, name) };
    let outcome = |clock: &Clock| {
        let clock = clock.clone();
        move |worker: &Worker, restored: bool| ImportRecord {
            event: created(&clock, worker),
            answer: ImportWorkerResponse {
                worker: Some(crate::convert::worker(worker)),
                restored,
                ..ImportWorkerResponse::default()
            },
        }
    };
    let first = store.import(None, import("one"), outcome(&clock)).await.unwrap();
    let Once::First(ImportWorkerResponse { worker: Some(first), restored: false, .. }) = first else {
        panic!("{first:?}")
    };
    let id = Uuid::parse_str(&first.id).unwrap();
    let live = store.import(None, import("two"), outcome(&clock)).await;
    assert!(matches!(live, Err(WorkerError::Exists)), "{live:?}");
    let (now, events) = (clock.now(), clock.clone());
    let delete = move |before: &Worker| {
        let after = Worker { deleted_at: Some(now), revision: before.revision + 1, ..before.clone() };
        let event = NewEvent { kind: "worker.deleted", after: None, ..created(&events, &after) };
        Ok(Some((after, event)))
    };
    store.change(id, delete).await.unwrap();
    let back = store.import(None, import("three"), outcome(&clock)).await.unwrap();
    let Once::First(ImportWorkerResponse { worker: Some(told), restored: true, .. }) = back else {
        panic!("{back:?}")
    };
    let back = store.get(id).await.unwrap().unwrap();
    assert_eq!((back.id, back.name.as_str(), back.revision, back.version), (id, "three", 3, 2));
    assert_eq!(back.desired.generation, 2);
    assert_eq!(told, crate::convert::worker(&back));
}
