//! The domain type `Worker`, and the rules for creating one. This module uses neither gRPC nor SQL.

use std::collections::BTreeMap;

use platform::clock::Micros;
use platform::violation::{Lines, Violation, Violations};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

mod change;
mod error;

pub(crate) use change::Change;
pub(crate) use error::DomainError;

const MAX_NAME: usize = 100;
const INSTANCE_LENGTH: usize = 128;
pub(crate) const IDENTIFIER_LENGTH: usize = 64;
const TAGS: usize = 50;
pub(crate) const TAG_KEY_LENGTH: usize = 128;
pub(crate) const TAG_VALUE_LENGTH: usize = 256;

/// A machine of the fleet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Worker {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) instance_type: String,
    pub(crate) provider: Provider,
    /// Id of the machine at the provider.
    pub(crate) instance_id: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) created_by: String,
    pub(crate) created_at: Micros,
    pub(crate) updated_at: Micros,
    pub(crate) deleted_at: Option<Micros>,
    /// Number of changes of writable fields, starting at 1; the etag of the API.
    pub(crate) version: i64,
    /// Number of changes of any kind, including the deletion.
    pub(crate) revision: i64,
    pub(crate) desired: Desired,
    pub(crate) observed: Observed,
}

/// The desired state of a worker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Desired {
    pub(crate) state: DesiredState,
    /// Number of changes of the desired state.
    pub(crate) generation: i64,
    pub(crate) set_by: String,
}

/// The last observed state of a worker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Observed {
    pub(crate) state: ObservedState,
    /// The generation of the desired state that was last applied; 0: none yet.
    pub(crate) generation: i64,
    pub(crate) since: Micros,
}

/// The cloud provider of a worker's machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum Provider {
    Simulated,
}

/// The possible desired states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum DesiredState {
    Running,
    Stopped,
    Terminated,
}

/// The possible observed states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum ObservedState {
    Pending,
    Running,
    Stopping,
    Stopped,
    ShuttingDown,
    Terminated,
    Failed,
    Unknown,
}

/// The fields of a requested worker, not yet validated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) instance_type: String,
    pub(crate) provider: Option<Provider>,
    /// Id of the machine at the provider; used by imports only.
    pub(crate) instance_id: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
}

impl Draft {
    /// Like [`Self::check`], but requires the instance id of an existing machine.
    pub(crate) fn check_import(self, mut violations: Violations) -> Result<Checked, Vec<Violation>> {
        let instance = self.instance_id.clone().unwrap_or_default();
        violations.identifier("worker.instance_id", &instance, INSTANCE_LENGTH, "-");
        let Checked(draft) = self.check(violations)?;
        Ok(Checked(Self { instance_id: Some(instance), ..draft }))
    }

    /// Validates the draft. The error lists its violations after those already found.
    pub(crate) fn check(self, mut violations: Violations) -> Result<Checked, Vec<Violation>> {
        violations.text("worker.name", &self.name, 1..=MAX_NAME, Lines::One);
        violations.identifier("worker.region", &self.region, IDENTIFIER_LENGTH, "-");
        violations.identifier("worker.instance_type", &self.instance_type, IDENTIFIER_LENGTH, "-.");
        check_tags(&self.tags, &mut violations);
        if violations.is_empty() {
            Ok(Checked(Self { instance_id: None, ..self }))
        } else {
            Err(violations.into_vec())
        }
    }
}

fn check_tags(tags: &BTreeMap<String, String>, violations: &mut Violations) {
    if tags.len() > TAGS {
        violations.add("worker.tags", format!("must have at most {TAGS} tags"));
    }
    for (key, value) in tags.iter().take(TAGS) {
        let mut found = Violations::default();
        found.text("key", key, 1..=TAG_KEY_LENGTH, Lines::One);
        found.text("value", value, 0..=TAG_VALUE_LENGTH, Lines::One);
        for it in found.into_vec() {
            let tag: String = key.chars().take(40).collect();
            violations.add("worker.tags", format!("{} of tag {tag:?} {}", it.field, it.description));
        }
    }
}

/// A valid draft.
#[derive(Clone, Debug)]
pub(crate) struct Checked(Draft);

impl Worker {
    /// Makes a new worker with the desired state running. The observed state is pending, or unknown for an import.
    pub(crate) fn create(id: Uuid, Checked(draft): Checked, by: &str, now: Micros) -> Self {
        let seen = if draft.instance_id.is_some() { ObservedState::Unknown } else { ObservedState::Pending };
        Self {
            id,
            name: draft.name,
            region: draft.region,
            instance_type: draft.instance_type,
            provider: draft.provider.unwrap_or(Provider::Simulated),
            instance_id: draft.instance_id,
            tags: draft.tags,
            created_by: by.to_owned(),
            created_at: now,
            updated_at: now,
            deleted_at: None,
            version: 1,
            revision: 1,
            desired: Desired { state: DesiredState::Running, generation: 1, set_by: by.to_owned() },
            observed: Observed { state: seen, generation: 0, since: now },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            name: "lab 1".to_owned(),
            region: "us-east-1".to_owned(),
            instance_type: "m5.metal".to_owned(),
            ..Draft::default()
        }
    }

    #[test]
    fn a_new_worker_is_desired_running_and_observed_pending() {
        let checked = draft().check(Violations::default()).unwrap();
        let worker = Worker::create(Uuid::nil(), checked, "ada", Micros(1));
        assert_eq!((worker.desired.state, worker.desired.generation), (DesiredState::Running, 1));
        assert_eq!((worker.observed.state, worker.observed.generation), (ObservedState::Pending, 0));
    }

    #[test]
    fn every_bad_field_is_named() {
        let mut tags = BTreeMap::from([("a\u{7}".to_owned(), "x".repeat(257))]);
        tags.extend((0..50).map(|it| (format!("z{it}"), String::new())));
        let found = Draft { tags, ..Draft::default() }.check(Violations::default()).unwrap_err();
        let fields: Vec<&str> = found.iter().map(|it| it.field.as_str()).collect();
        let tag = "worker.tags";
        assert_eq!(fields, ["worker.name", "worker.region", "worker.instance_type", tag, tag, tag]);
    }
}
