//! Watching the events of the services, as another service or a generated client does.

use std::time::Duration;

use access::Role;
use proto::event::v1::event::Resource;
use proto::event::v1::event_service_client::EventServiceClient;
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{EventCursor, ListEventsRequest, SubjectKind, WatchEventsRequest, WatchStart};
use serde_json::{Value, json};
use telemetry::otlp::{AttributeValue, Span, SpanKind};
use tonic::Code;

use crate::harness::{Backend, Client, Product, Settings, Watcher, authorized, eventually, reason, sse};

/// A product whose services have these settings.
pub(crate) async fn product_with(settings: &[(&str, &str)]) -> Product {
    let of_services = settings.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    let settings = Settings { of_services, ..Settings::default() };
    Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await
}

fn user(product: &Product, name: &str) -> String {
    product.token(name, &[Role::User], None)
}

fn service(product: &Product) -> String {
    product.token("hub", &[Role::Service], None)
}

/// The log line of a watch of task-service that has ended.
async fn end_of_watch(product: &Product, sub: &str) -> Value {
    let is_it = |it: &Value| {
        it["message"] == "call" && it["method"] == "ccm.event.v1.EventService/WatchEvents" && it["sub"] == sub
    };
    eventually("the line of the watch", async || product.tasks.lines().logged().into_iter().find(is_it)).await
}

async fn create(client: &Client, title: &str) -> String {
    let answer = client.post("/api/tasks", &json!({ "title": title })).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.text("id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_told_with_its_position_its_contents_and_the_trace_that_caused_it() {
    let product = Product::start().await;
    let mut watcher = Watcher::from(product.tasks_address, &user(&product, "ada"), WatchStart::Now).await;
    let answer = product.user("ada").post("/api/tasks", &json!({"title": "told"})).await;
    let event = watcher.event().await;
    assert_eq!((event.r#type.as_str(), event.position, event.actor.as_str()), ("task.created", 1, "ada"));
    assert!(event.traceparent().contains(answer.header("x-trace-id")), "{event:?}");
    let Some(Resource::Task(task)) = event.resource else { panic!("no task") };
    assert_eq!((task.id.as_str(), task.title.as_str()), (answer.text("id"), "told"));
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_are_told_to_everybody_by_their_own_service() {
    let product = Product::start().await;
    let token = user(&product, "ada");
    let mut watcher = Watcher::from(product.workers_address, &token, WatchStart::Earliest).await;
    let id = product.worker().await;
    let event = watcher.event().await;
    assert_eq!((event.r#type.as_str(), event.subject_id), ("worker.created", id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_is_told_of_what_it_may_see_and_of_nothing_else() {
    let product = Product::start().await;
    let mut ada = Watcher::from(product.tasks_address, &user(&product, "ada"), WatchStart::Now).await;
    let mut all = Watcher::from(product.tasks_address, &service(&product), WatchStart::Now).await;
    create(&product.user("bob"), "bob's").await;
    let own = create(&product.user("ada"), "ada's").await;
    assert_eq!(ada.event().await.subject_id, own);
    all.event().await;
    assert_eq!(all.event().await.subject_id, own);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_task_is_told_to_who_saw_it() {
    let product = Product::start().await;
    let mut ada = Watcher::from(product.tasks_address, &user(&product, "ada"), WatchStart::Now).await;
    let id = create(&product.user("ada"), "short-lived").await;
    let message = proto::task::v1::DeleteTaskRequest { id: id.clone(), ..Default::default() };
    let channel = Watcher::channel(product.tasks_address);
    proto::task::v1::task_service_client::TaskServiceClient::new(channel)
        .delete_task(authorized(message, &user(&product, "ada")))
        .await
        .unwrap();
    assert_eq!(ada.event().await.r#type, "task.created");
    let deleted = ada.event().await;
    assert_eq!(
        (deleted.r#type.as_str(), deleted.subject_id, deleted.scope_after),
        ("task.deleted", id, None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_choose_types_and_subjects() {
    let product = Product::start().await;
    let first = create(&product.user("ada"), "first").await;
    let second = create(&product.user("ada"), "second").await;
    let watch = async |event_types: &[&str], subject_ids: Vec<String>| {
        let event_types = event_types.iter().map(|&it| it.to_owned()).collect();
        let start = WatchStart::Earliest.into();
        let request = WatchEventsRequest { start, event_types, subject_ids, ..Default::default() };
        Watcher::start(product.tasks_address, &user(&product, "ada"), request).await.unwrap()
    };
    assert_eq!(watch(&[], vec![second.clone()]).await.event().await.subject_id, second);
    assert_eq!(watch(&["worker.*", "task.*"], vec![]).await.event().await.subject_id, first);
    let mut other = watch(&["task.deleted"], vec![]).await;
    let quiet = tokio::time::timeout(Duration::from_millis(300), other.next()).await;
    assert!(quiet.is_err(), "a type that was not asked for was told: {quiet:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_watch_is_named() {
    let product = Product::start().await;
    let after = EventCursor { log_id: "x".to_owned(), position: 0 };
    let request = WatchEventsRequest { start: 1, after: Some(after), ..Default::default() };
    let token = user(&product, "ada");
    let Err(status) = Watcher::start(product.tasks_address, &token, request.clone()).await else { panic!() };
    assert_eq!(status.code(), Code::InvalidArgument);
    let Err(status) = Watcher::start(product.tasks_address, "no token", request).await else { panic!() };
    assert_eq!(status.code(), Code::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_of_another_log_and_one_beyond_the_head_are_gone() {
    let product = Product::start().await;
    let token = user(&product, "ada");
    let here = Watcher::from(product.tasks_address, &token, WatchStart::Now).await.cursor;
    for cursor in [
        EventCursor { log_id: "00000000-0000-0000-0000-000000000000".to_owned(), ..here.clone() },
        EventCursor { position: here.position + 1, ..here },
    ] {
        let Err(status) = Watcher::after(product.tasks_address, &token, cursor).await else { panic!() };
        assert_eq!((status.code(), reason(&status)), (Code::OutOfRange, "HISTORY_GONE".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_answered_newest_first_and_only_to_who_sees_the_task() {
    let product = Product::start().await;
    let id = create(&product.user("ada"), "told").await;
    let ask = async |address, subject_id: &str, token: &str| {
        let message = ListEventsRequest { subject_id: subject_id.to_owned(), ..Default::default() };
        let mut events = EventServiceClient::new(Watcher::channel(address));
        events.list_events(authorized(message, token)).await.map(tonic::Response::into_inner)
    };
    let events = ask(product.tasks_address, &id, &user(&product, "ada")).await.unwrap().events;
    assert_eq!(events.iter().map(|it| it.r#type.as_str()).collect::<Vec<_>>(), ["task.created"]);
    let unseen = ask(product.tasks_address, &id, &user(&product, "bob")).await.unwrap_err();
    assert_eq!((unseen.code(), reason(&unseen)), (Code::NotFound, "TASK_NOT_FOUND".to_owned()));
    let worker = ask(product.workers_address, &id, &user(&product, "ada")).await.unwrap_err();
    assert_eq!(reason(&worker), "WORKER_NOT_FOUND");
    let worker = product.worker().await;
    let events = ask(product.workers_address, &worker, &user(&product, "ada")).await.unwrap().events;
    assert_eq!(events.last().unwrap().r#type, "worker.created");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_that_of_a_subject_of_the_requested_kind() {
    let product = Product::start().await;
    let (worker, token) = (product.terminated_worker().await, user(&product, "ada"));
    let ask = async |subject_kind: i32| {
        let message =
            ListEventsRequest { subject_id: worker.clone(), subject_kind, ..ListEventsRequest::default() };
        let mut events = EventServiceClient::new(Watcher::channel(product.workers_address));
        events.list_events(authorized(message, &token)).await.map(|it| it.into_inner().events.len())
    };
    let all = ask(SubjectKind::Worker.into()).await.unwrap();
    assert!(all > 1 && ask(SubjectKind::Unspecified.into()).await.unwrap() == all);
    // A kind that this service does not have, and one that nobody has.
    for kind in [SubjectKind::Task.into(), 99] {
        let refused = ask(kind).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused)), (Code::InvalidArgument, "INVALID_INPUT".to_owned()));
        assert!(refused.message().starts_with("subject_kind must be"), "{}", refused.message());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_long_enough_is_forgotten_and_who_was_away_for_longer_is_told_so() {
    let keep = [
        ("CCM_DELETED_RETENTION", "4s"),
        ("CCM_EVENT_RETENTION", "4s"),
        ("CCM_HOUSEKEEPING_INTERVAL", "200ms"),
    ];
    let product = product_with(&keep).await;
    let token = user(&product, "ada");
    let before = Watcher::from(product.tasks_address, &token, WatchStart::Now).await.cursor;
    let living = create(&product.user("ada"), "living").await;
    let gone = create(&product.user("ada"), "gone").await;
    let message = proto::task::v1::DeleteTaskRequest { id: gone.clone(), ..Default::default() };
    let channel = Watcher::channel(product.tasks_address);
    proto::task::v1::task_service_client::TaskServiceClient::new(channel.clone())
        .delete_task(authorized(message, &token))
        .await
        .unwrap();
    let history = async |subject_id: &str| {
        let message = ListEventsRequest { subject_id: subject_id.to_owned(), ..Default::default() };
        EventServiceClient::new(channel.clone()).list_events(authorized(message, &token)).await
    };
    assert_eq!(
        history(&gone).await.unwrap().into_inner().events.len(),
        2,
        "it is readable until it is purged"
    );
    eventually("its history is forgotten", || async { history(&gone).await.is_err().then_some(()) }).await;
    // The log is cut after the subjects are purged.
    let status = eventually("its events are forgotten", || async {
        Watcher::after(product.tasks_address, &token, before.clone()).await.err()
    })
    .await;
    assert_eq!(reason(&status), "HISTORY_GONE");
    assert_eq!(history(&living).await.unwrap().into_inner().events.len(), 1);
    let mut earliest = Watcher::from(product.tasks_address, &token, WatchStart::Earliest).await;
    let next = create(&product.user("ada"), "next").await;
    assert_eq!(earliest.event().await.subject_id, next);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_ends_with_its_token() {
    let product = product_with(&[("CCM_CLOCK_LEEWAY", "0s")]).await;
    let token = product.token_for(Duration::from_secs(6), "ada", &[Role::User], None);
    let mut watcher = Watcher::from(product.tasks_address, &token, WatchStart::Now).await;
    assert_eq!(watcher.ended().await.code(), Code::Unauthenticated);
    let line = end_of_watch(&product, "ada").await;
    assert_eq!(
        (&line["reason"], &line["outcome"]),
        (&json!("UNAUTHENTICATED"), &json!("to be resumed")),
        "{line}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_line_of_a_watch_that_is_refused_says_why_and_nothing_of_resuming() {
    let product = product_with(&[("CCM_MAX_WATCHERS", "1")]).await;
    let watch = async |name: &str| {
        let token = user(&product, name);
        Watcher::start(product.tasks_address, &token, WatchEventsRequest::default()).await
    };
    let _held = watch("ada").await.unwrap();
    assert!(watch("bob").await.is_err());
    let line = end_of_watch(&product, "bob").await;
    assert_eq!((&line["code"], &line["reason"]), (&json!("RESOURCE_EXHAUSTED"), &json!("TOO_MANY_WATCHERS")));
    assert_eq!(line.get("outcome"), None, "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_ends_in_order_when_the_service_stops() {
    let mut product = Product::start().await;
    let mut watcher = Watcher::from(product.tasks_address, &user(&product, "ada"), WatchStart::Now).await;
    let (stopped, status) = tokio::join!(product.tasks.stop(), watcher.ended());
    assert!(stopped.success());
    assert_eq!((status.code(), reason(&status)), (Code::Unavailable, "STREAM_ENDED".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_ends_with_its_connection_and_goes_on_by_another() {
    let product = product_with(&[("CCM_MAX_CONNECTION_AGE", "1s")]).await;
    let token = user(&product, "ada");
    let mut watcher = Watcher::from(product.tasks_address, &token, WatchStart::Now).await;
    let status = watcher.ended().await;
    assert_eq!((status.code(), reason(&status)), (Code::Unavailable, "STREAM_ENDED".to_owned()));
    let id = create(&product.user("ada"), "meanwhile").await;
    let mut next = Watcher::after(product.tasks_address, &token, watcher.cursor.clone()).await.unwrap();
    assert_eq!(next.event().await.subject_id, id);
    let line = end_of_watch(&product, "ada").await;
    assert_eq!((&line["code"], &line["reason"]), (&json!("UNAVAILABLE"), &json!("STREAM_ENDED")), "{line}");
    assert_eq!(line["outcome"], "to be resumed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callers_own_deadline_ends_a_watch_and_no_other_does() {
    let product = Product::start().await;
    let mut request = authorized(WatchEventsRequest::default(), &user(&product, "ada"));
    request.metadata_mut().insert("grpc-timeout", "3S".parse().unwrap());
    let mut watcher = Watcher::start_by(Watcher::channel(product.tasks_address), request).await.unwrap();
    assert_eq!(watcher.ended().await.code(), Code::DeadlineExceeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_caller_has_a_share_of_the_watches_and_services_have_places_of_their_own() {
    let product = product_with(&[("CCM_MAX_WATCHERS", "3"), ("CCM_MAX_WATCHERS_PER_CALLER", "2")]).await;
    let watch =
        async |token: &str| Watcher::start(product.tasks_address, token, WatchEventsRequest::default()).await;
    let (ada, bob) = (user(&product, "ada"), user(&product, "bob"));
    let mut held = vec![watch(&ada).await.unwrap(), watch(&ada).await.unwrap()];
    let Err(status) = watch(&ada).await else { panic!("more than the share of a caller") };
    assert_eq!((status.code(), reason(&status)), (Code::ResourceExhausted, "TOO_MANY_WATCHERS".to_owned()));
    assert!(status.message().contains("share"), "{status:?}");
    held.push(watch(&bob).await.unwrap());
    assert!(watch(&bob).await.is_err_and(|it| !it.message().contains("share")), "all places are taken");
    // The gateway has the third one.
    for _ in 0..2 {
        held.push(watch(&service(&product)).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_that_a_process_reads_for_its_users_have_places_that_users_cannot_take() {
    let product = product_with(&[("CCM_MAX_WATCHERS", "3"), ("CCM_MAX_WATCHERS_PER_CALLER", "1")]).await;
    let direct = async |name: &str| {
        let request = WatchEventsRequest { start: WatchStart::Now.into(), ..WatchEventsRequest::default() };
        Watcher::start(product.tasks_address, &user(&product, name), request).await
    };
    let mut held = Vec::new();
    for name in ["ada", "bob", "eve"] {
        held.push(direct(name).await.unwrap());
    }
    assert!(direct("mia").await.is_err(), "all places are taken");
    // The gateway reads a snapshot with the token of the user, over its own connection.
    let mut stream = sse::open(product.gateway_address, &user(&product, "mia"), "", None).await.unwrap();
    stream.named("snapshot.completed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_watch_than_may() {
    let product = product_with(&[("CCM_MAX_WATCHERS", "1")]).await;
    let token = user(&product, "ada");
    let request = WatchEventsRequest::default();
    let first = Watcher::start(product.tasks_address, &token, request.clone()).await.unwrap();
    let Err(status) = Watcher::start(product.tasks_address, &token, request.clone()).await else { panic!() };
    assert_eq!((status.code(), reason(&status)), (Code::ResourceExhausted, "TOO_MANY_WATCHERS".to_owned()));
    drop(first);
    eventually("the place is free again", || async {
        Watcher::start(product.tasks_address, &token, request.clone()).await.ok().map(drop)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_takes_nothing_is_ended_while_others_go_on_and_can_resume() {
    const TASKS: i64 = 200;
    let product = product_with(&[("CCM_WATCH_TIMEOUT", "1s")]).await;
    let token = user(&product, "ada");
    let mut slow = Watcher::from(product.tasks_address, &token, WatchStart::Now).await;
    let mut quick = Watcher::from(product.tasks_address, &token, WatchStart::Now).await;
    let body = json!({"title": "large", "description": "ä".repeat(10_000)});
    let is_ended = || {
        let lines = product.tasks.lines().logged();
        lines.iter().any(|it| it["message"] == "a subscriber read nothing for too long; its stream was ended")
    };
    let mut told = 0;
    // No longer than that: a connection of which nothing is taken for long is cut.
    while told < TASKS && !is_ended() {
        told += 1;
        assert_eq!(product.user("ada").post("/api/tasks", &body).await.status, 201);
        assert_eq!(quick.event().await.position, told);
    }
    eventually("the slow one is ended", || async { is_ended().then_some(()) }).await;
    let status = slow.ended().await;
    assert_eq!((status.code(), reason(&status)), (Code::ResourceExhausted, "READER_TOO_SLOW".to_owned()));
    let last = slow.cursor.position;
    assert!(last < told, "it took everything");
    let mut again = Watcher::after(product.tasks_address, &token, slow.cursor.clone()).await.unwrap();
    assert_eq!(again.event().await.position, last + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_span_of_a_watch_ends_when_the_stream_begins() {
    let product = Product::start().await;
    let mut watcher = Watcher::from(product.tasks_address, &user(&product, "ada"), WatchStart::Now).await;
    eventually("its span", || async {
        let spans = product.collector.spans();
        let of_watch = |name: &str| name == "ccm.event.v1.EventService/WatchEvents";
        spans.iter().any(|it| it.kind == SpanKind::Server && of_watch(&it.name)).then_some(())
    })
    .await;
    create(&product.user("ada"), "still told").await;
    watcher.event().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_watch_is_a_span_that_links_to_its_call_and_says_how_it_ended() {
    let mut product = Product::start().await;
    create(&product.user("ada"), "in the snapshot").await;
    let mut watcher =
        Watcher::from(product.tasks_address, &user(&product, "ada"), WatchStart::Snapshot).await;
    while !matches!(watcher.next().await.unwrap(), Item::SnapshotEnd(_)) {}
    create(&product.user("bob"), "not for her").await;
    create(&product.user("ada"), "told").await;
    while !matches!(watcher.next().await.unwrap(), Item::Event(_)) {}
    assert!(product.tasks.stop().await.success());
    assert_eq!(watcher.ended().await.code(), Code::Unavailable);
    let spans = product.collector.spans();
    // The gateway watches, too, and begins without a snapshot.
    let with_snapshot =
        |it: &Span| it.attributes.get("ccm.watch.subjects") == Some(&AttributeValue::Integer(1));
    let of_tasks =
        |it: &&Span| it.service == "task-service" && it.name == "end of watch" && with_snapshot(it);
    let end = spans.iter().find(of_tasks).expect("the end");
    let is_call = |it: &&Span| it.kind == SpanKind::Server && it.span_id == end.links[0].span_id;
    let call = spans.iter().find(is_call).expect("the call");
    assert_eq!(call.name, "ccm.event.v1.EventService/WatchEvents");
    assert!(end.parent_id.is_empty() && end.trace_id != call.trace_id && end.start >= call.end, "{end:?}");
    let expected = [("ccm.watch.events", 1), ("ccm.watch.skipped", 1), ("ccm.watch.subjects", 1)];
    for (name, count) in expected {
        assert_eq!(end.attributes[name], AttributeValue::Integer(count), "{name}");
    }
    assert_eq!(end.attributes["rpc.status_code"], "UNAVAILABLE");
    assert_eq!((end.failed(), end.description.as_str()), (true, "STREAM_ENDED"));
}
