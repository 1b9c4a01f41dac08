//! What may be changed of a worker, and when its record may go.

use std::collections::BTreeMap;

use super::{Desired, DomainError, MAX_NAME, Observed, ObservedState, Worker};
use platform::clock::Micros;
use platform::violation::{Lines, Violation, Violations};

/// What an update asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    /// The new name.
    pub(crate) name: Option<String>,
    /// All tags, instead of those it has.
    pub(crate) tags: Option<BTreeMap<String, String>>,
    /// Single tags, to be set or removed.
    pub(crate) each_tag: BTreeMap<String, Option<String>>,
}

impl Worker {
    /// The worker after the change; `None` when all of it is so already. Adds to what is already known to be wrong.
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
        after.updated_at = now;
        Ok(Some(after))
    }

    /// Refuses a caller who has seen another version.
    pub(crate) fn expect_version(&self, version: Option<i64>) -> Result<(), DomainError> {
        match version {
            Some(version) if version != self.version => Err(DomainError::EtagMismatch(self.version)),
            _ => Ok(()),
        }
    }

    /// The deleted record; refused while there may be a machine: it was neither terminated nor never provisioned.
    pub(crate) fn deleted(&self, now: Micros) -> Result<Self, DomainError> {
        let never_made = self.observed.state == ObservedState::Pending && self.instance_id.is_none();
        if !never_made && self.observed.state != ObservedState::Terminated {
            return Err(DomainError::Live);
        }
        let revision = self.revision + 1;
        Ok(Self { deleted_at: Some(now), updated_at: now, revision, ..self.clone() })
    }

    /// The deleted record with the values of an import of its machine; `None` while it is not deleted. What was wished
    /// for and seen counts on, and nothing is known of the machine until it is looked at.
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
            ..import
        })
    }
}
