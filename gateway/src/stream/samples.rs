//! One block of each event, made by the code that makes those of clients. docs/stream.md shows them.

use access::testing::caller_until;
use access::{Role, Visibility};
use axum::http::Extensions;
use futures_util::StreamExt as _;
use platform::clock::Micros;
use proto::TypePattern;
use proto::event::v1 as wire;
use proto::event::v1::event::Resource;
use proto::event::v1::watch_subject::Resource as Subject;
use proto::worker::v1::WorkerObservedState::{Pending, Running, Terminated};
use proto::{task::v1 as task, timestamp, worker::v1 as worker};
use serde_json::{Value, json};
use uuid::Uuid;

use super::cursor::{Place, Point};
use super::frame::control;
use super::told::{Told, report_block, write_subject};
use super::*;

/// 2026-11-26T09:42:57.124032Z.
const NOW: i64 = 1_795_686_177_124_032;
const TASK: &str = "01a202a3-2bef-7c31-b2aa-9c8aff224f0b";
const WORKER: &str = "01a202a3-2bd9-730c-8819-6267667c643f";
const EVENT: &str = "01a202a3-2bef-7a04-8c31-5e0d1b8f2a77";
const TRACE: &str = "00-bbd0a085d2876a3d9fa547bbfdaa18ef-968086342540cd67-03";
/// Stands for an id that is drawn by chance.
const ID: &str = "01a202a3-2964-7cb7-9290-79d5ce33232a";

/// The name of each event with its block, in the order of docs/stream.md.
pub(crate) async fn samples() -> Vec<(String, String)> {
    let usual = usual();
    let soon = Duration::from_millis(1);
    let streams = streams(usual.clone());
    let at = |log: u128, position| Point { log_id: Uuid::from_u128(log), position };
    let cursor = Cursor([Place::At(at(7, 41)), Place::At(at(8, 12))]);
    let mut all = vec![opened(&streams, Start::Resume(Some(cursor))).await.remove(0)];
    all.push(snapshot(Subject::Task(some_task())));
    all.push(snapshot(Subject::Worker(some_worker())));
    let data = json!({"tasks": 1, "workers": 1});
    all.push(text(&control(&streams, "snapshot.completed", &data, Some(cursor), None)));
    all.extend(changes(&streams, cursor));
    all.push(report(&streams));
    let often = self::streams(Settings { heartbeat: soon, ..usual.clone() });
    all.push(opened(&often, Start::Resume(Some(cursor))).await.remove(1));
    all.push(opened(&streams, Start::Resume(None)).await.remove(1));
    all.push(expired(&streams, cursor).await);
    let short = self::streams(Settings { max_age: soon, ..usual.clone() });
    all.push(opened(&short, Start::Resume(Some(cursor))).await.remove(1));
    let full = self::streams(Settings { max_streams: 0, ..usual });
    all.push(opened(&full, Start::Now).await.remove(0));
    all.into_iter().map(|it| (name(&it), steady(&it))).collect()
}

pub(super) fn usual() -> Settings {
    Settings {
        max_streams: 1,
        max_streams_per_caller: 1,
        turns: NonZeroUsize::MIN,
        heartbeat: Duration::from_secs(15),
        max_age: Duration::from_hours(1),
        trace_url: Some(TraceUrl::new("https://traces.example/{trace_id}").unwrap()),
    }
}

pub(super) fn streams(settings: Settings) -> Arc<Streams> {
    let peer = |name| Peer::new(name, "http://127.0.0.1:9", None).unwrap();
    Streams::new(&peer("task-service"), &peer("worker-service"), None, settings, Clock::manual(Micros(NOW)))
}

/// The first blocks of a stream: those that it says at its beginning, and the next one.
async fn opened(streams: &Arc<Streams>, start: Start) -> Vec<String> {
    let until = Micros(NOW) + Duration::from_hours(1);
    first_blocks(streams, start, until).await
}

async fn expired(streams: &Arc<Streams>, cursor: Cursor) -> String {
    first_blocks(streams, Start::Resume(Some(cursor)), Micros(NOW)).await.remove(1)
}

async fn first_blocks(streams: &Arc<Streams>, start: Start, token_ends_at: Micros) -> Vec<String> {
    let caller = caller_until("ada", &[Role::User], None, token_ends_at);
    let filter = Filter { types: TypePattern::parse("task.*").into_iter().collect(), ..Filter::default() };
    let blocks = streams.open(caller, filter, start, &Extensions::new());
    let mut blocks = std::pin::pin!(blocks);
    let mut texts = Vec::new();
    // A stream that goes on has one block until something happens.
    for _ in 0..2 {
        let next = tokio::time::timeout(Duration::from_millis(200), blocks.next());
        let Ok(Some(Ok(block))) = next.await else { break };
        texts.extend(text(&block).split_inclusive("\n\n").map(ToOwned::to_owned));
    }
    texts
}

fn snapshot(subject: Subject) -> String {
    let mut block = bytes::BytesMut::new();
    write_subject(subject, &Micros(NOW).to_rfc3339(), &mut block);
    text(&block)
}

fn changes(streams: &Streams, cursor: Cursor) -> Vec<String> {
    let told = |log, event, visibility: &Visibility| {
        let told =
            Told::new(log, event, Some(cursor), streams.settings.trace_url.as_ref(), Duration::ZERO).unwrap();
        text(&told.to(visibility, None).expect("a client is told of it").shared())
    };
    let mut all = Vec::new();
    let task = |name, before: Option<Value>| {
        let mut task = some_task();
        if before.is_none() {
            (task.version, task.revision) = (1, 1);
            task.status = task::TaskStatus::Pending.into();
        }
        event(name, Resource::Task(task), before)
    };
    let worker = |name, state: worker::WorkerObservedState, before: Option<Value>| {
        let mut worker = some_worker();
        if let Some(observed) = &mut worker.observed {
            observed.state = state.into();
        }
        worker.revision = if before.is_none() { 1 } else { 2 };
        event(name, Resource::Worker(worker), before)
    };
    for (name, before) in [
        ("task.created", None),
        ("task.updated", Some(json!({"assignee_id": null}))),
        ("task.status.updated", Some(json!({"status": "TASK_STATUS_PENDING"}))),
    ] {
        all.push(told(Log::Tasks, task(name, before), &Visibility::All));
    }
    let deleted = wire::Event { scope_after: None, ..task("task.deleted", Some(json!({}))) };
    all.push(told(Log::Tasks, deleted, &Visibility::All));
    let of = |person: &str| wire::Scope { assignee_id: Some(person.to_owned()), ..wire::Scope::default() };
    let reassigned = wire::Event {
        scope_before: Some(of("bob")),
        scope_after: Some(of("ada")),
        ..task("task.updated", Some(json!({"assignee_id": "bob"})))
    };
    let bob = Visibility::Restricted { person: "bob".to_owned(), department: None };
    all.push(told(Log::Tasks, reassigned, &bob));
    let was = |state| {
        let since = Micros(NOW - 3_000_000).to_rfc3339();
        Some(json!({"observed": {"state": format!("WORKER_OBSERVED_STATE_{state}"), "since": since}}))
    };
    for (name, state, before) in [
        ("worker.created", Pending, None),
        ("worker.updated", Running, Some(json!({"name": "lab"}))),
        ("worker.status.updated", Running, was("PENDING")),
        ("worker.terminated", Terminated, was("SHUTTING_DOWN")),
        ("worker.restored", Pending, was("TERMINATED")),
    ] {
        all.push(told(Log::Workers, worker(name, state, before), &Visibility::All));
    }
    let deleted = wire::Event { scope_after: None, ..worker("worker.deleted", Terminated, Some(json!({}))) };
    all.push(told(Log::Workers, deleted, &Visibility::All));
    all
}

fn event(name: &str, resource: Resource, before: Option<Value>) -> wire::Event {
    let everyone = Some(wire::Scope { everyone: true, ..wire::Scope::default() });
    wire::Event {
        id: EVENT.to_owned(),
        r#type: name.to_owned(),
        subject_id: match &resource {
            Resource::Task(task) => task.id.clone(),
            Resource::Worker(worker) => worker.id.clone(),
        },
        revision: match &resource {
            Resource::Task(task) => task.revision,
            Resource::Worker(worker) => worker.revision,
        },
        time: Some(timestamp(NOW)),
        position: 41,
        actor: "ada".to_owned(),
        traceparent: Some(TRACE.to_owned()),
        scope_before: before.is_some().then(|| everyone.clone()).flatten(),
        scope_after: everyone,
        resource: Some(resource),
        changed_before: before.map(|it| serde_json::from_value(it).unwrap()),
        ..wire::Event::default()
    }
}

fn report(streams: &Streams) -> String {
    let time = Some(timestamp(NOW));
    let utilization = worker::WorkerUtilization { cpu: 0.42, memory: 0.3, storage: 0.11, time };
    text(&report_block(streams, WORKER.parse().unwrap(), utilization))
}

fn some_task() -> task::Task {
    task::Task {
        id: TASK.to_owned(),
        title: "Replace the uplink".to_owned(),
        status: task::TaskStatus::InProgress.into(),
        priority: task::TaskPriority::High.into(),
        kind: task::TaskKind::Human.into(),
        assignee_id: Some("ada".to_owned()),
        created_by: "ada".to_owned(),
        created_at: Some(timestamp(NOW)),
        updated_at: Some(timestamp(NOW)),
        version: 2,
        revision: 2,
        ..task::Task::default()
    }
}

fn some_worker() -> worker::Worker {
    worker::Worker {
        id: WORKER.to_owned(),
        name: "lab 1".to_owned(),
        region: "us-east-1".to_owned(),
        instance_type: "m5.metal".to_owned(),
        provider: worker::WorkerProvider::Simulated.into(),
        created_by: "ada".to_owned(),
        created_at: Some(timestamp(NOW)),
        updated_at: Some(timestamp(NOW)),
        version: 1,
        revision: 2,
        desired: Some(worker::WorkerDesired {
            state: worker::WorkerDesiredState::Running.into(),
            generation: 1,
            set_by: "ada".to_owned(),
            set_at: Some(timestamp(NOW)),
            ..worker::WorkerDesired::default()
        }),
        observed: Some(worker::WorkerObserved {
            state: worker::WorkerObservedState::Running.into(),
            since: Some(timestamp(NOW)),
            ..worker::WorkerObserved::default()
        }),
        ..worker::Worker::default()
    }
}

fn text(block: &[u8]) -> String {
    String::from_utf8(block.to_vec()).unwrap()
}

/// The name of the event of a block.
pub(super) fn name(block: &str) -> String {
    let line = block.lines().find_map(|it| it.strip_prefix("event: "));
    line.expect("every block has a name").to_owned()
}

/// The block with values in place of those that are drawn by chance.
fn steady(block: &str) -> String {
    let mut block = block.to_owned();
    // The gateway draws the ids of its own events and of reports.
    let is_drawn = block.contains("\"source\":\"/ccm/gateway\"") || name(&block) == REPORT;
    let after = |block: &str, mark: &str| block.find(mark).map(|at| at + mark.len());
    if let Some(at) = after(&block, "\"id\":\"").filter(|_| is_drawn) {
        block.replace_range(at..at + ID.len(), ID);
    }
    for mark in ["retry: ", "\"reconnect_in_ms\":"] {
        if let Some(at) = after(&block, mark) {
            let digits = block[at..].bytes().take_while(u8::is_ascii_digit).count();
            block.replace_range(at..at + digits, "2000");
        }
    }
    block
}

/// The blocks in docs/stream.md: the one below the heading of each event.
#[tokio::test]
async fn the_documentation_shows_the_block_of_every_event() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let document = std::fs::read_to_string(format!("{root}/docs/stream.md")).unwrap();
    let mut current = document.clone();
    let samples = samples().await;
    for (name, block) in &samples {
        let heading = format!("\n### {name}\n");
        let section =
            current.find(&heading).unwrap_or_else(|| panic!("docs/stream.md has no section {name}"));
        let start = section + current[section..].find("```sse\n").expect("a block") + "```sse\n".len();
        let end = start + current[start..].find("```").expect("its end");
        current.replace_range(start..end, block);
    }
    assert_eq!(document.matches("```sse\n").count(), samples.len(), "a block for each event, and no others");
    if document != current {
        std::fs::write(format!("{root}/target/stream.md"), &current).unwrap();
        panic!(
            "docs/stream.md shows blocks that the gateway does not send: cp target/stream.md docs/stream.md"
        );
    }
}
