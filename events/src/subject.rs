//! The kinds of subjects that events are about. A service tells its log which ones it has: nothing here knows them.

use proto::event::v1 as wire;
use serde_json::Value;

use storage::StorageError;

/// A kind of subject.
#[derive(Debug)]
pub struct SubjectKind {
    /// What rows call it, `task`.
    pub name: &'static str,
    /// What the contract calls it.
    pub wire: wire::SubjectKind,
    /// The type under which a reader is told that a subject has gone out of view: `task.removed`.
    pub removed: &'static str,
    /// Reads the resource of an event from proto3's JSON mapping.
    pub read: fn(Value) -> serde_json::Result<wire::event::Resource>,
}

/// The kinds that a service has.
#[derive(Clone, Debug, Default)]
pub(crate) struct SubjectKinds(pub(crate) Vec<&'static SubjectKind>);

impl SubjectKinds {
    /// The kind that a row names.
    pub(crate) fn named(&self, name: &str) -> Result<&'static SubjectKind, StorageError> {
        let found = self.0.iter().find(|kind| kind.name == name).copied();
        found.ok_or_else(|| StorageError::Corrupt {
            table: "events",
            what: format!("{name:?} is no kind of subject"),
        })
    }
}
