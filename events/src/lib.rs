//! The event log of a service. Each change of a task or worker appends an event in its own transaction, as the last
//! statement. An event gets its position after the commit (docs/adr/0011). Code in the same process reads the log through
//! [`EventLog`], other processes through [`grpc`].

mod audit;
mod backlog;
mod dedicated;
pub mod grpc;
mod history;
mod live;
mod log;
pub mod metrics;
mod migrations;
mod reader;
mod recorded;
mod renewal;
mod sequencer;
mod snapshot;
mod sql;
mod status;
mod subject;
mod tail;
#[cfg(feature = "testing")]
pub mod testing;
mod trim;
mod turns;

use access::{Role, Scope};
use platform::clock::Micros;
use serde_json::Value;
use storage::{Committed, Statement, Statements as _, StorageError, Transaction};
use telemetry::propagation::Cause;
use uuid::Uuid;

pub use dedicated::connections_beside;
pub use history::History;
pub use live::LiveMessage;
pub use log::{EventLog, Running};
pub use migrations::migrations;
pub use reader::{Point, ReadError};
pub use recorded::Recorded;
pub use renewal::renew;
pub use snapshot::{Snapshot, SnapshotPoint};
pub use status::storage_failed;
pub use subject::SubjectKind;
pub use tail::Follower;
pub use turns::Subscriber;

/// An event to be stored: one change of one subject. `ccm/event/v1/event.proto` documents the fields.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Id of the event.
    pub id: Uuid,
    /// Type of the event: `task.created`, for example.
    pub kind: &'static str,
    /// Kind of the changed subject.
    pub subject_kind: &'static SubjectKind,
    /// Id of the changed subject.
    pub subject_id: Uuid,
    /// Revision of the subject after the change.
    pub revision: i64,
    /// When the change was made.
    pub occurred_at: Micros,
    /// `sub` of the token with which the change was made.
    pub actor: String,
    /// The roles of that token, for the audit log; `None` if the process made the change without being asked, which leaves no
    /// line in the audit log.
    pub roles: Option<Vec<Role>>,
    /// `sub` of the caller on whose behalf a service made the change.
    pub on_behalf_of: Option<String>,
    /// Trace context of the span that caused the change.
    pub cause: Cause,
    /// Who could see the subject before the change; `None`: it did not exist.
    pub before: Option<Scope>,
    /// Who can see the subject after the change; `None`: it was deleted.
    pub after: Option<Scope>,
    /// The whole subject after the change, in proto3's JSON mapping.
    pub resource: Value,
    /// Previous values of the changed fields.
    pub changed_before: Option<Value>,
}

/// The fields that a change has changed, with their values before it: the part `changed_before` of an event. `before` and
/// `after` are the subject in proto3's JSON mapping, which omits fields that are not set; `unset` is the value of such a field.
pub fn changed_fields<'f>(
    before: &Value,
    after: &Value,
    fields: impl IntoIterator<Item = (&'f str, Value)>,
) -> Value {
    let changed = fields.into_iter().filter(|(name, _)| before.get(name) != after.get(name));
    changed.map(|(name, unset)| (name.to_owned(), before.get(name).cloned().unwrap_or(unset))).collect()
}

/// The text of the statement that inserts an event, with the placeholders of its values.
#[macro_export]
macro_rules! insert_event {
    ($placeholders:literal) => {
        concat!(
            "INSERT INTO events (id, type, subject_kind, subject_id, revision, occurred_at, actor, on_behalf_of, \
             traceparent, tracestate, existed_before, department_before, assignee_id_before, created_by_before, \
             exists_after, department_after, assignee_id_after, created_by_after, resource, changed_before) VALUES (",
            $placeholders,
            ")"
        )
    };
}

/// The statement that inserts an event.
pub const INSERT: Statement = Statement {
    summary: "INSERT events",
    sql: insert_event!(
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20"
    ),
};

/// Appends an event in the transaction of its change, and has its audit line written after the commit. This must be the last
/// statement before the commit, because positions are assigned in the order of these statements.
pub async fn append(on: &mut Transaction, event: NewEvent) -> Result<(), StorageError> {
    let (values, after_commit) = event.into_row();
    on.execute(&INSERT, values).await?;
    on.after_commit(after_commit);
    Ok(())
}

impl NewEvent {
    /// Returns the values of [`INSERT`], and what must be called after the commit: it writes the audit line, and counts.
    pub fn into_row(self) -> ([storage::Value; 20], impl FnOnce(Committed) + Send + 'static) {
        let (line, kind) = (audit::line(&self), self.kind);
        let after_commit = move |committed| {
            let is_known = committed == Committed::Known;
            if let Some(line) = line {
                line.write(is_known);
            }
            if is_known {
                metrics::appended(kind);
            }
        };
        let (existed, before) = (self.before.is_some(), self.before.unwrap_or_default());
        let (exists, after) = (self.after.is_some(), self.after.unwrap_or_default());
        let values = [
            self.id.into(),
            self.kind.into(),
            self.subject_kind.name.into(),
            self.subject_id.into(),
            self.revision.into(),
            self.occurred_at.0.into(),
            self.actor.into(),
            self.on_behalf_of.into(),
            self.cause.traceparent.into(),
            self.cause.tracestate.into(),
            existed.into(),
            before.department.into(),
            before.assignee_id.into(),
            before.created_by.into(),
            exists.into(),
            after.department.into(),
            after.assignee_id.into(),
            after.created_by.into(),
            self.resource.into(),
            self.changed_before.into(),
        ];
        (values, after_commit)
    }
}

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod postgres_order;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_changed_field_that_was_not_set_has_its_unset_value() {
        let (before, after) =
            (json!({"title": "old", "same": 1}), json!({"title": "new", "text": "set", "same": 1}));
        let fields =
            [("title", json!("")), ("text", json!("")), ("same", Value::Null), ("never", Value::Null)];
        assert_eq!(changed_fields(&before, &after, fields), json!({"title": "old", "text": ""}));
    }
}
