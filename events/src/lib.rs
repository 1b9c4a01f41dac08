//! The event log: what changed, by whom and why, written in the change's own transaction and as its last statement.
//! Positions are given to events after their commit (docs/adr/0011); until then they have none. Readers go by position:
//! [`EventLog`]; callers of other processes by [`grpc`].

mod dedicated;
pub mod grpc;
mod history;
mod log;
mod migrations;
mod reader;
mod recorded;
mod sequencer;
mod snapshot;
mod sql;
mod status;
mod subject;
mod tail;
#[cfg(feature = "testing")]
pub mod testing;
mod trim;

use access::Scope;
use platform::clock::Micros;
use serde_json::Value;
use storage::{Statement, Statements as _, StorageError, Transaction};
use telemetry::propagation::Cause;
use uuid::Uuid;

pub use history::History;
pub use log::{EventLog, Running};
pub use migrations::migrations;
pub use reader::{Point, ReadError};
pub use recorded::Recorded;
pub use snapshot::Snapshot;
pub use status::storage_failed;
pub use subject::SubjectKind;
pub use tail::Follower;

/// One change of one subject, as stored. What each part means stands in `ccm/event/v1/event.proto`.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Id of the event.
    pub id: Uuid,
    /// `task.created`, ….
    pub kind: &'static str,
    /// What kind of subject has changed.
    pub subject_kind: &'static SubjectKind,
    /// Id of what changed.
    pub subject_id: Uuid,
    /// Its revision after the change.
    pub revision: i64,
    /// When.
    pub occurred_at: Micros,
    /// Subject of the token that the change was made with.
    pub actor: String,
    /// On whose behalf a service made it.
    pub on_behalf_of: Option<String>,
    /// The span that caused it.
    pub cause: Cause,
    /// Who could see the subject before; `None`: it did not exist.
    pub before: Option<Scope>,
    /// Who can see it now; `None`: it is gone.
    pub after: Option<Scope>,
    /// The whole subject after the change, in proto3's JSON mapping.
    pub resource: Value,
    /// The changed fields as they were before.
    pub changed_before: Option<Value>,
}

const INSERT: Statement = Statement {
    operation: "INSERT",
    collection: "events",
    sql: "INSERT INTO events (id, type, subject_kind, subject_id, revision, occurred_at, actor, on_behalf_of,
            traceparent, tracestate, existed_before, department_before, assignee_id_before, created_by_before,
            exists_after, department_after, assignee_id_after, created_by_after, resource, changed_before)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
};

/// Writes an event in the transaction of its change. It has to be the last statement before the commit: the order of
/// positions is that of these statements.
pub async fn append(on: &mut Transaction, event: NewEvent) -> Result<(), StorageError> {
    let (existed, before) = (event.before.is_some(), event.before.unwrap_or_default());
    let (exists, after) = (event.after.is_some(), event.after.unwrap_or_default());
    let values = [
        event.id.into(),
        event.kind.into(),
        event.subject_kind.name.into(),
        event.subject_id.into(),
        event.revision.into(),
        event.occurred_at.0.into(),
        event.actor.into(),
        event.on_behalf_of.into(),
        event.cause.traceparent.into(),
        event.cause.tracestate.into(),
        existed.into(),
        before.department.into(),
        before.assignee_id.into(),
        before.created_by.into(),
        exists.into(),
        after.department.into(),
        after.assignee_id.into(),
        after.created_by.into(),
        event.resource.into(),
        event.changed_before.into(),
    ];
    on.execute(&INSERT, values).await
}

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod postgres_order;
