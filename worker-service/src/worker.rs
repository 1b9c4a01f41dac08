//! A worker: what it is, and what a new one must be. Knows neither gRPC nor SQL.

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
    /// The provider's name of the machine.
    pub(crate) instance_id: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) created_by: String,
    pub(crate) created_at: Micros,
    pub(crate) updated_at: Micros,
    pub(crate) deleted_at: Option<Micros>,
    /// Counts edits of writable fields.
    pub(crate) version: i64,
    /// Counts every change.
    pub(crate) revision: i64,
    pub(crate) desired: Desired,
    pub(crate) observed: Observed,
}

/// What is wished for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Desired {
    pub(crate) state: DesiredState,
    /// Counts the wishes.
    pub(crate) generation: i64,
    pub(crate) set_by: String,
}

/// What was last seen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Observed {
    pub(crate) state: ObservedState,
    /// The wish that this state answers; 0: none yet.
    pub(crate) generation: i64,
    pub(crate) since: Micros,
}

/// Where the machine of a worker runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum Provider {
    Simulated,
}

/// The states that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum DesiredState {
    Running,
    Stopped,
    Terminated,
}

/// The states that can be observed.
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

/// A worker as somebody asks for it, unchecked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) instance_type: String,
    pub(crate) provider: Option<Provider>,
    /// An import's only.
    pub(crate) instance_id: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
}

impl Draft {
    /// [`Self::check`] of a worker whose machine exists.
    pub(crate) fn check_import(self, mut violations: Violations) -> Result<Checked, Vec<Violation>> {
        let instance = self.instance_id.clone().unwrap_or_default();
        violations.identifier("worker.instance_id", &instance, INSTANCE_LENGTH, "-");
        let Checked(draft) = self.check(violations)?;
        Ok(Checked(Self { instance_id: Some(instance), ..draft }))
    }

    /// Adds what is wrong with the draft to what is already known to be.
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

/// A draft with nothing wrong.
#[derive(Clone, Debug)]
pub(crate) struct Checked(Draft);

impl Worker {
    /// A new worker: wished running, accepted and not yet provisioned; one that is imported: not yet seen.
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
    fn a_new_worker_is_wished_running_and_not_yet_provisioned() {
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
