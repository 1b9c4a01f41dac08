//! The kinds of subjects that events are about. Each service passes its kinds to its log; this crate defines none.

use proto::event::v1 as wire;
use serde_json::Value;

use storage::StorageError;

/// A kind of subject, for example the tasks.
#[derive(Debug)]
pub struct SubjectKind {
    /// Name of the kind in rows: `task`.
    pub name: &'static str,
    /// Whether every caller sees every subject of this kind.
    pub for_everyone: bool,
    /// Name of the span attribute for the id of a subject.
    pub id_attribute: &'static str,
    /// Value of the kind in the gRPC contract.
    pub wire: wire::SubjectKind,
    /// The name that filters on event types use for a subject that is no longer visible: `task.removed`.
    pub removed: &'static str,
    /// The fields whose values the audit log shows: those of closed sets, ids and numbers; never free text. A dot leads to a
    /// field of a field.
    pub audited: &'static [&'static str],
    /// The types of all events of this kind: `task.created`.
    pub events: &'static [&'static str],
    /// Decodes the resource of an event from the JSON mapping of proto3.
    pub read: fn(Value) -> serde_json::Result<wire::event::Resource>,
}

/// The kinds of subjects of one service.
#[derive(Clone, Debug, Default)]
pub(crate) struct SubjectKinds(pub(crate) Vec<&'static SubjectKind>);

impl SubjectKinds {
    /// Returns the kind with this name, as stored in a row.
    pub(crate) fn named(&self, name: &str) -> Result<&'static SubjectKind, StorageError> {
        let found = self.0.iter().find(|kind| kind.name == name).copied();
        found.ok_or_else(|| StorageError::Corrupt {
            table: "events",
            what: format!("{name:?} is not a kind of subject"),
        })
    }
}
