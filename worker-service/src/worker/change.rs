//! Changes, deletion and restoration of a worker.

use std::collections::BTreeMap;

use super::{Desired, DomainError, MAX_NAME, Observed, ObservedState, Worker};
use platform::clock::Micros;
use platform::violation::{Lines, Violation, Violations};

/// The requested values of an update.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    /// New name; `None`: unchanged.
    pub(crate) name: Option<String>,
    /// Replacement of all tags; `None`: unchanged.
    pub(crate) tags: Option<BTreeMap<String, String>>,
    /// Single tags to set (`Some`) or remove (`None`).
    pub(crate) each_tag: BTreeMap<String, Option<String>>,
}

impl Worker {
    /// Returns the worker after the change; `None` if nothing changes. The error lists the violations after those already
    /// found.
    pub(crate) fn changed(
        &self,
        change: Change,
        mut violations: Violations,
        now: Micros,
    ) -> Result<Option<Self>, Vec<Violation>> {
        let mut after = self.clone();
        if let Some(name) = change.name {
            violations.text("worker.name", &name, 1..=MAX_NAME, Lines::One);
            after.name = name;
        }
        if let Some(tags) = change.tags {
            after.tags = tags;
        }
        for (key, value) in change.each_tag {
            match value {
                Some(value) => after.tags.insert(key, value),
                None => after.tags.remove(&key),
            };
        }
        super::check_tags(&after.tags, &mut violations);
        if !violations.is_empty() {
            return Err(violations.into_vec());
        }
        if after == *self {
            return Ok(None);
        }
        after.version += 1;
        after.revision += 1;
        after.updated_at = now.max(self.updated_at);
        Ok(Some(after))
    }

    /// Fails if the caller expects a different version.
    pub(crate) fn expect_version(&self, version: Option<i64>) -> Result<(), DomainError> {
        match version {
            Some(version) if version != self.version => Err(DomainError::EtagMismatch(self.version)),
            _ => Ok(()),
        }
    }

    /// Returns the deleted worker. Fails while there may be a machine: the worker was not observed as terminated.
    pub(crate) fn deleted(&self, now: Micros) -> Result<Self, DomainError> {
        if self.observed.state != ObservedState::Terminated {
            return Err(DomainError::Live);
        }
        let (now, revision) = (now.max(self.updated_at), self.revision + 1);
        Ok(Self { deleted_at: Some(now), updated_at: now, revision, ..self.clone() })
    }

    /// Returns the deleted worker, restored with the values of an import of its machine; `None` if it is not deleted. The
    /// generations and the numbers of actions continue, and the observed state is unknown.
    pub(crate) fn restored(&self, import: Self) -> Option<Self> {
        self.deleted_at?;
        Some(Self {
            id: self.id,
            created_by: self.created_by.clone(),
            created_at: self.created_at,
            version: self.version + 1,
            revision: self.revision + 1,
            desired: Desired { generation: self.desired.generation + 1, ..import.desired.clone() },
            observed: Observed { generation: self.observed.generation, ..import.observed },
            converged_at: self.converged_at,
            action_seq: self.action_seq,
            incarnation: self.incarnation,
            updated_at: import.updated_at.max(self.updated_at),
            ..import
        })
    }
}
