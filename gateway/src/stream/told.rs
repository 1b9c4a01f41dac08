//! An event as the stream tells it, encoded once for all clients.

use std::sync::Arc;
use std::time::Duration;

use access::{Disclosure, Scope, Visibility};
use bytes::{Bytes, BytesMut};
use proto::event::v1 as wire;
use proto::event::v1::event::Resource;
use proto::event::v1::watch_subject::Resource as Subject;
use proto::worker::v1::WorkerUtilization;
use serde::Serialize;
use serde_json::{Map, Value};
use telemetry::propagation::Cause;
use uuid::Uuid;

use super::fanout::Fanout;
use super::filter::Filter;
use super::frame::{CloudEvent, TraceUrl, begin_block, end_block, trace_of};
use super::{Cursor, Log, REPORT, Streams};
use crate::api::history;
use crate::api::rfc3339;
use crate::api::tasks::Task;
use crate::api::workers::{Utilization, Worker};

/// An event of a log, with the blocks that different clients are sent for it.
pub(super) struct Told {
    pub(super) log: Log,
    pub(super) position: i64,
    pub(super) subject: Uuid,
    pub(super) kind: String,
    before: Option<Scope>,
    after: Option<Scope>,
    whole: Block,
    /// Present if there are clients that are told so.
    without_before: Option<Block>,
    removed: Option<Block>,
    /// Size of all blocks in bytes.
    pub(super) bytes: usize,
    pub(super) fanout: Fanout,
}

/// A block of the stream: with an id at its end, or without.
struct Block {
    bytes: Bytes,
    /// Length without the id and the empty line at the end.
    body: usize,
}

/// What a client is sent for an event.
pub(super) struct Sent<'t>(&'t Block);

impl Sent<'_> {
    /// The block with the id of the gateway, the same for all clients.
    pub(super) fn shared(&self) -> Bytes {
        self.0.bytes.clone()
    }

    /// Adds the block with an id of the client's own.
    pub(super) fn write_with(&self, id: Option<&str>, into: &mut BytesMut) {
        into.extend_from_slice(&self.0.bytes[..self.0.body]);
        end_block(id, into);
    }
}

/// The `data` of an event.
#[derive(Serialize)]
struct Change {
    revision: i64,
    /// `sub` of the token with which the change was made.
    actor: String,
    /// `sub` of the person on whose behalf a service made the change.
    on_behalf_of: Option<String>,
    /// The changed members with their values before.
    before: Option<Map<String, Value>>,
    #[serde(flatten)]
    after: After,
}

/// The resource after the change, under the name of its kind; `null` when the change deleted it.
#[derive(Serialize)]
enum After {
    #[serde(rename = "task")]
    Task(Option<Box<Task>>),
    #[serde(rename = "worker")]
    Worker(Option<Box<Worker>>),
}

#[derive(Serialize)]
struct Removed<'e> {
    id: &'e str,
}

impl Told {
    /// Encodes an event. With `cursor`, the blocks end with it as their id. `None` if the event has no resource that this
    /// version knows.
    pub(super) fn new(
        log: Log,
        event: wire::Event,
        cursor: Option<Cursor>,
        url: Option<&TraceUrl>,
        lag: Duration,
    ) -> Option<Self> {
        let subject = Uuid::try_parse(&event.subject_id).ok()?;
        let (before, after) = (event.scope_before.as_ref().map(scope), event.scope_after.as_ref().map(scope));
        let id = cursor.map(Cursor::to_text);
        let fanout = Fanout::new(
            Cause { traceparent: event.traceparent.clone(), tracestate: event.tracestate.clone() },
            lag,
        );
        let envelope = Envelope::new(log, &event, url);
        let removed = (before.is_some() && after.is_some() && before != after)
            // Not even the trace of the change, which is no longer the client's business.
            .then(|| Envelope { traceparent: None, trace_id: None, trace_url: None, ..envelope.clone() })
            .map(|it| it.block(log.removed(), &Removed { id: &event.subject_id }, id.as_deref()));
        let mut change = Change {
            revision: event.revision,
            actor: event.actor.clone(),
            on_behalf_of: event.on_behalf_of.clone(),
            before: None,
            after: after_of(&event)?,
        };
        let without_before = removed.is_some().then(|| envelope.block(&event.r#type, &change, id.as_deref()));
        change.before = before_of(&event);
        let whole = envelope.block(&event.r#type, &change, id.as_deref());
        let size = |it: &Option<Block>| it.as_ref().map_or(0, |it| it.bytes.len());
        Some(Self {
            log,
            position: event.position,
            subject,
            bytes: whole.bytes.len() + size(&without_before) + size(&removed),
            kind: event.r#type,
            before,
            after,
            whole,
            without_before,
            removed,
            fanout,
        })
    }

    /// What a client is sent for the event: nothing if it does not match, or if the client may not know of it.
    pub(super) fn to(&self, visibility: &Visibility, filter: Option<&Filter>) -> Option<Sent<'_>> {
        let (block, name) = match visibility.disclosure(self.before.as_ref(), self.after.as_ref()) {
            Disclosure::Whole => (&self.whole, self.kind.as_str()),
            Disclosure::WithoutBefore => (self.without_before.as_ref()?, self.kind.as_str()),
            Disclosure::Removed => (self.removed.as_ref()?, self.log.removed()),
            Disclosure::Nothing => return None,
        };
        filter.is_none_or(|it| it.matches(self.log, name, self.subject)).then_some(Sent(block))
    }
}

/// The members of the CloudEvents of one event.
#[derive(Clone)]
struct Envelope<'e> {
    log: Log,
    id: &'e str,
    subject: String,
    time: String,
    traceparent: Option<&'e str>,
    trace_id: Option<String>,
    trace_url: Option<String>,
}

impl<'e> Envelope<'e> {
    fn new(log: Log, event: &'e wire::Event, url: Option<&TraceUrl>) -> Self {
        let (trace_id, trace_url) = trace_of(event.traceparent.as_deref(), url);
        Self {
            log,
            id: &event.id,
            subject: format!("{}/{}", log.collection(), event.subject_id),
            time: rfc3339(event.time),
            traceparent: event.traceparent.as_deref(),
            trace_id,
            trace_url,
        }
    }

    fn block(&self, name: &str, data: &impl Serialize, id: Option<&str>) -> Block {
        let mut bytes = BytesMut::with_capacity(1024);
        let event = CloudEvent {
            specversion: "1.0",
            id: self.id,
            r#type: name,
            source: self.log.source(),
            subject: Some(&self.subject),
            time: self.time.clone(),
            traceparent: self.traceparent,
            trace_id: self.trace_id.clone(),
            trace_url: self.trace_url.clone(),
            data,
        };
        begin_block(name, &event, &mut bytes);
        let body = bytes.len();
        end_block(id, &mut bytes);
        Block { bytes: bytes.freeze(), body }
    }
}

fn scope(scope: &wire::Scope) -> Scope {
    Scope {
        everyone: scope.everyone,
        department: scope.department.clone(),
        assignee_id: scope.assignee_id.clone(),
        created_by: scope.created_by.clone(),
    }
}

fn after_of(event: &wire::Event) -> Option<After> {
    let exists = event.scope_after.is_some();
    Some(match event.resource.as_ref()? {
        Resource::Task(task) => After::Task(exists.then(|| Box::new(Task::from(task.clone())))),
        Resource::Worker(worker) => After::Worker(exists.then(|| Box::new(Worker::from(worker.clone())))),
    })
}

fn before_of(event: &wire::Event) -> Option<Map<String, Value>> {
    let changed = event.changed_before.clone()?;
    match event.resource.as_ref()? {
        Resource::Task(_) => history::before_change::<Task>(changed),
        Resource::Worker(_) => history::before_change::<Worker>(changed),
    }
}

/// The `data` of a report of utilisation.
#[derive(Serialize)]
struct ReportData {
    worker_id: Uuid,
    utilization: Utilization,
}

/// Makes the block of a report of a worker's utilisation, which has no id.
pub(super) fn report_block(streams: &Streams, worker: Uuid, utilization: WorkerUtilization) -> Bytes {
    let mut block = BytesMut::new();
    let (id, log) = (streams.clock.new_id().to_string(), Log::Workers);
    let (subject, time) = (format!("{}/{worker}", log.collection()), rfc3339(utilization.time));
    let data = ReportData { worker_id: worker, utilization: utilization.into() };
    let event = CloudEvent::new(REPORT, log.source(), &id, Some(&subject), time, data);
    begin_block(REPORT, &event, &mut block);
    end_block(None, &mut block);
    block.freeze()
}

/// Writes the block of a subject of a snapshot.
pub(super) fn write_subject(subject: Subject, time: &str, into: &mut BytesMut) {
    let (log, id, resource) = match subject {
        Subject::Task(task) => (Log::Tasks, task.id.clone(), After::Task(Some(Box::new(Task::from(task))))),
        Subject::Worker(worker) => {
            (Log::Workers, worker.id.clone(), After::Worker(Some(Box::new(Worker::from(worker)))))
        }
    };
    let subject = format!("{}/{id}", log.collection());
    let event = CloudEvent::new(log.snapshot(), log.source(), &id, Some(&subject), time.to_owned(), resource);
    begin_block(log.snapshot(), &event, into);
    end_block(None, into);
}

/// Writes the block of an event, or of a removal, within a snapshot. A service has decided that the client is told so.
pub(super) fn write_event(log: Log, event: wire::Event, url: Option<&TraceUrl>, into: &mut BytesMut) {
    if let Some(told) = Told::new(log, event, None, url, Duration::ZERO) {
        into.extend_from_slice(&told.whole.bytes);
    }
}

/// Writes the block of a subject that the client may no longer see.
pub(super) fn write_removed(log: Log, subject_id: &str, id: &str, time: String, into: &mut BytesMut) {
    let subject = format!("{}/{subject_id}", log.collection());
    let data = Removed { id: subject_id };
    let event = CloudEvent::new(log.removed(), log.source(), id, Some(&subject), time, data);
    begin_block(log.removed(), &event, into);
    end_block(None, into);
}

pub(super) type Shared = Arc<Told>;
