//! The domain type `Worker`, and the rules for creating one. This module uses neither gRPC nor SQL.

use std::collections::BTreeMap;

use platform::clock::Micros;
use platform::violation::{Lines, Violation, Violations};
use strum::{EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

mod change;
mod desire;
mod error;
mod outcome;
mod report;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use change::Change;
pub(crate) use desire::{Desire, Desired, Reached};
pub(crate) use error::DomainError;
pub(crate) use outcome::{Failure, Outcome, OutcomeResult};
pub(crate) use report::Report;

const MAX_NAME: usize = 100;
pub(crate) const REASON_LENGTH: usize = 500;
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
    /// How the current generation ended; `None` while the worker is being reconciled.
    pub(crate) outcome: Option<Outcome>,
    /// When the observed state last reached the desired one.
    pub(crate) converged_at: Option<Micros>,
    /// Why the worker is failed; `None` unless it is.
    pub(crate) failure: Option<Failure>,
    /// The highest number of an action that was accepted; 0: none yet.
    pub(crate) action_seq: i64,
    /// Number of the machine among those that the worker has had, starting at 1. It is part of the client token of a create.
    pub(crate) incarnation: i64,
    /// Whether the machine of this incarnation is lost: terminated or vanished against the desired state. The next
    /// generation that needs a machine gets another one.
    pub(crate) is_machine_lost: bool,
}

/// The last observed state of a worker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Observed {
    pub(crate) state: ObservedState,
    /// The last generation of the desired state that has ended; 0: none yet.
    pub(crate) generation: i64,
    pub(crate) since: Micros,
    /// Address of the machine.
    pub(crate) address: Option<String>,
    /// How much of the machine is used. It is stored apart, and is no part of the worker's history.
    pub(crate) utilization: Option<Report>,
}

/// The cloud provider of a worker's machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum Provider {
    Simulated,
}

/// The possible desired states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum DesiredState {
    Running,
    Stopped,
    Terminated,
}

/// The possible observed states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray)]
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

/// `created_by` of workers that were made for machines without a worker.
const ADOPTER: &str = "worker-service";

/// What is known of a machine that gets a worker.
#[derive(Clone, Debug)]
pub(crate) struct Adoption {
    pub(crate) instance_id: String,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) instance_type: String,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) state: DesiredState,
}

/// A valid draft.
#[derive(Clone, Debug)]
pub(crate) struct Checked(Draft);

impl Worker {
    /// Returns a worker whose desired state was set by this person, if a service has made it on behalf of one.
    pub(crate) fn wanted_by(mut self, person: Option<&str>) -> Self {
        if let Some(person) = person {
            person.clone_into(&mut self.desired.set_by);
        }
        self
    }

    /// Makes the worker of a machine that is tagged as ours and whose worker is not known.
    pub(crate) fn adopted(id: Uuid, provider: Provider, machine: Adoption, now: Micros) -> Self {
        let draft = Draft {
            name: machine.name,
            region: machine.region,
            instance_type: machine.instance_type,
            provider: Some(provider),
            instance_id: Some(machine.instance_id),
            tags: machine.tags,
        };
        Self::create(id, Checked(draft), ADOPTER, now).imported(machine.state)
    }

    /// Returns the worker of an existing machine. Its desired state is the state that the machine is in or is about to reach, so
    /// that the machine stays as it is.
    pub(crate) fn imported(mut self, state: DesiredState) -> Self {
        self.desired.state = state;
        self
    }

    /// Makes a new worker with the desired state running. The observed state is pending, or unknown for an import.
    pub(crate) fn create(id: Uuid, Checked(draft): Checked, by: &str, now: Micros) -> Self {
        let desired = Desired {
            state: DesiredState::Running,
            generation: 1,
            set_by: by.to_owned(),
            reason: None,
            set_at: now,
        };
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
            desired,
            observed: Observed { state: seen, generation: 0, since: now, address: None, utilization: None },
            outcome: None,
            converged_at: None,
            failure: None,
            action_seq: 0,
            incarnation: 1,
            is_machine_lost: false,
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
