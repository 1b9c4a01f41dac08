//! An event read from the log.

use access::{Disclosure, Scope, Visibility};
use prost::Message as _;
use proto::event::v1 as wire;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use storage::{StorageError, record};

use crate::grpc::ListKey;

use super::subject::{SubjectKind, SubjectKinds};

/// An event of the log, with the scopes that decide who may see it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Insert sequence number, which identifies the event before it has a position.
    pub seq: i64,
    /// Position in the log; 0 if it has none yet.
    pub position: i64,
    /// Kind of the changed subject.
    pub kind: &'static SubjectKind,
    /// Id of the changed subject.
    pub subject_id: Uuid,
    /// Revision of the subject after the change.
    pub revision: i64,
    /// Who could see the subject before the change; `None`: it did not exist.
    pub before: Option<Scope>,
    /// Who can see the subject after the change; `None`: it was deleted.
    pub after: Option<Scope>,
    /// The event as sent to callers that may see all of it.
    pub event: wire::Event,
    /// Size of `event` in bytes, as encoded.
    pub bytes: usize,
}

impl Recorded {
    /// Decides how much of the event a caller is told.
    #[must_use]
    pub fn disclosure(&self, visibility: &Visibility) -> Disclosure {
        visibility.disclosure(self.before.as_ref(), self.after.as_ref())
    }

    /// The key of the subject in lists and snapshots; `None` if the stored subject has no creation time.
    pub(crate) fn list_key(&self) -> Option<ListKey> {
        let created_at = match self.event.resource.as_ref()? {
            wire::event::Resource::Task(task) => task.created_at.as_ref(),
            wire::event::Resource::Worker(worker) => worker.created_at.as_ref(),
        }?;
        Some((proto::micros(created_at), self.subject_id))
    }
}

record! {
    pub(super) struct Row {
        seq: i64,
        position: Option<i64>,
        id: Uuid,
        kind as "type": String,
        subject_kind: String,
        subject_id: Uuid,
        revision: i64,
        occurred_at: i64,
        actor: String,
        on_behalf_of: Option<String>,
        traceparent: Option<String>,
        tracestate: Option<String>,
        existed_before: bool,
        department_before: Option<String>,
        assignee_id_before: Option<String>,
        created_by_before: Option<String>,
        exists_after: bool,
        department_after: Option<String>,
        assignee_id_after: Option<String>,
        created_by_after: Option<String>,
        resource: Json<Value>,
        changed_before: Option<Json<Value>>,
    }
}

impl Row {
    /// The size of what is long in a row.
    pub(super) fn bytes(&self) -> usize {
        fn of(value: &Value) -> usize {
            match value {
                Value::Null | Value::Bool(_) | Value::Number(_) => size_of::<Value>(),
                Value::String(it) => it.len(),
                Value::Array(it) => it.iter().map(of).sum(),
                Value::Object(it) => it.iter().map(|(name, value)| name.len() + of(value)).sum(),
            }
        }
        of(&self.resource) + self.changed_before.as_ref().map_or(0, |it| of(it))
    }

    pub(super) fn into_recorded(self, kinds: &SubjectKinds) -> Result<Recorded, StorageError> {
        let kind = kinds.named(&self.subject_kind)?;
        let everyone = kind.for_everyone;
        let before = self.existed_before.then_some(Scope {
            everyone,
            department: self.department_before,
            assignee_id: self.assignee_id_before,
            created_by: self.created_by_before,
        });
        let after = self.exists_after.then_some(Scope {
            everyone,
            department: self.department_after,
            assignee_id: self.assignee_id_after,
            created_by: self.created_by_after,
        });
        let resource = (kind.read)(self.resource.0).map_err(|it| unreadable(&it))?;
        let changed_before = self
            .changed_before
            .map(|it| serde_json::from_value(it.0))
            .transpose()
            .map_err(|it| unreadable(&it))?;
        let event = wire::Event {
            id: self.id.to_string(),
            r#type: self.kind,
            subject_kind: kind.wire.into(),
            subject_id: self.subject_id.to_string(),
            revision: self.revision,
            time: Some(proto::timestamp(self.occurred_at)),
            position: self.position.unwrap_or_default(),
            actor: self.actor,
            on_behalf_of: self.on_behalf_of,
            traceparent: self.traceparent,
            tracestate: self.tracestate,
            scope_before: before.as_ref().map(scope),
            scope_after: after.as_ref().map(scope),
            changed_before,
            resource: Some(resource),
        };
        Ok(Recorded {
            seq: self.seq,
            kind,
            position: event.position,
            subject_id: self.subject_id,
            revision: self.revision,
            before,
            after,
            bytes: event.encoded_len(),
            event,
        })
    }
}

/// Leaves out the message of the decoder, because it can quote values of the row.
fn unreadable(error: &serde_json::Error) -> StorageError {
    let what = format!("its JSON ends in {:?} at column {}", error.classify(), error.column());
    StorageError::Corrupt { table: "events", what }
}

fn scope(scope: &Scope) -> wire::Scope {
    wire::Scope {
        everyone: scope.everyone,
        department: scope.department.clone(),
        assignee_id: scope.assignee_id.clone(),
        created_by: scope.created_by.clone(),
    }
}
