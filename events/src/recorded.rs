//! An event as it is read.

use access::{Scope, Visibility};
use proto::event::v1 as wire;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use storage::{StorageError, record};

use super::subject::{SubjectKind, SubjectKinds};

/// An event of the log, with what decides who is told of it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Drawn by its INSERT: names it before it has a position.
    pub seq: i64,
    /// Its place; 0 when it has none yet.
    pub position: i64,
    /// What kind of subject changed.
    pub kind: &'static SubjectKind,
    /// What changed.
    pub subject_id: Uuid,
    /// The change's place among those of its subject.
    pub revision: i64,
    /// Who saw the subject before; `None`: it did not exist.
    pub before: Option<Scope>,
    /// Who sees it now; `None`: it is gone.
    pub after: Option<Scope>,
    /// Everything that is told of it.
    pub event: wire::Event,
}

impl Recorded {
    /// Whether the subject existed for `seen` before the change.
    #[must_use]
    pub fn was_seen_by(&self, seen: &Visibility) -> bool {
        self.before.as_ref().is_some_and(|it| seen.sees(it))
    }

    /// Whether the event is told: the subject exists for `seen` after the change or, of one that is gone, did before.
    #[must_use]
    pub fn is_told_to(&self, seen: &Visibility) -> bool {
        match &self.after {
            Some(scope) => seen.sees(scope),
            None => self.was_seen_by(seen) || *seen == Visibility::All,
        }
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
    pub(super) fn into_recorded(self, kinds: &SubjectKinds) -> Result<Recorded, StorageError> {
        let before = self.existed_before.then_some(Scope {
            department: self.department_before,
            assignee_id: self.assignee_id_before,
            created_by: self.created_by_before,
        });
        let after = self.exists_after.then_some(Scope {
            department: self.department_after,
            assignee_id: self.assignee_id_after,
            created_by: self.created_by_after,
        });
        let kind = kinds.named(&self.subject_kind)?;
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
            event,
        })
    }
}

/// Without the message of the decoder: it can quote the row.
fn unreadable(error: &serde_json::Error) -> StorageError {
    let what = format!("its JSON ends in {:?} at column {}", error.classify(), error.column());
    StorageError::Corrupt { table: "events", what }
}

fn scope(scope: &Scope) -> wire::Scope {
    wire::Scope {
        department: scope.department.clone(),
        assignee_id: scope.assignee_id.clone(),
        created_by: scope.created_by.clone(),
    }
}
