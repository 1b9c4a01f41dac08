//! A machine as the simulated provider stores it, and as callers see it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use platform::clock::Micros;
use sha2::{Digest as _, Sha256};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use super::knobs::{Counters, Knobs};
use super::settings::{SimulatedSettings, Transitions};
use super::utilization;
use crate::provider::{Machine, MachineSpec, MachineState, WORKER_TAG};

/// Prefix of the ids of machines that exist without having been created, for trying an import.
pub(super) const PREEXISTING_PREFIX: &str = "i-sim-";
const MAX_PREEXISTING_ID: usize = 64;

/// A stored machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) region: String,
    pub(super) instance_type: String,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) launched_at: Micros,
    /// When it begins to be found.
    pub(super) visible_at: Micros,
    /// Its phase at the last change; [`settled`](super::settled::settled) returns the present one.
    pub(super) phase: Phase,
    /// Number of starts, the one of its creation included.
    pub(super) starts: i64,
    /// When its `sim:` tags last changed. The delays until it vanishes, or until the provider stops or terminates it, begin
    /// now or when it first ran, whichever is later.
    pub(super) knobs_since: Micros,
    pub(super) counters: Counters,
}

/// A state of a machine, and what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Phase {
    pub(super) state: MachineState,
    pub(super) since: Micros,
    pub(super) reason: Option<StateReason>,
    pub(super) end: End,
    pub(super) first_ran_at: Option<Micros>,
}

/// Why the provider changed the state of a machine by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(const_into_str)]
pub(super) enum StateReason {
    InsufficientCapacity,
    Retirement,
    SpotInterruption,
}

/// What ends a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing but a call, or a delay that a tag of the machine asks for.
    None,
    At(Micros),
    /// This number of reads.
    AfterReads(i64),
}

impl Phase {
    /// Returns the phase that follows at `at`.
    pub(super) fn then(self, state: MachineState, at: Micros, reason: Option<StateReason>, end: End) -> Self {
        let first_ran_at = match state {
            MachineState::Running => self.first_ran_at.or(Some(at)),
            _ => self.first_ran_at,
        };
        Self { state, since: at, reason, end, first_ran_at }
    }
}

impl End {
    /// Returns the end of a state that begins at `at` and ends by itself.
    pub(super) fn of(at: Micros, by_tag: Option<Duration>, by_setting: Duration, mode: Transitions) -> Self {
        match (by_tag, mode) {
            (Some(delay), _) => Self::At(at + delay),
            (None, Transitions::AfterDelays) => Self::At(at + by_setting),
            (None, Transitions::AfterReads(reads)) => Self::AfterReads(reads.into()),
        }
    }
}

impl Stored {
    /// Returns a new machine, which is pending. Its id is made of `seed`.
    pub(super) fn created(spec: &MachineSpec, settings: &SimulatedSettings, seed: Uuid, now: Micros) -> Self {
        let knobs = Knobs::of_stored(&spec.tags);
        let digits = format!("{:032x}", hash(&[seed.as_bytes()]));
        let end = End::of(now, knobs.start_delay, settings.start_delay, settings.transitions);
        Self {
            id: format!("i-{}", &digits[..17]),
            region: spec.region.clone(),
            instance_type: spec.instance_type.clone(),
            tags: spec.tags.clone(),
            launched_at: now,
            visible_at: now + settings.visibility_delay,
            phase: Phase { state: MachineState::Pending, since: now, reason: None, end, first_ran_at: None },
            starts: 1,
            knobs_since: now,
            // The creates before this one have used up the failures that the tags ask for.
            counters: Counters { fails: 0, throttles: 0, ..knobs.counters },
        }
    }

    /// Returns the machine that exists at an id such as `i-sim-lab1` without having been created: it runs and has no tags.
    /// `None` for other ids.
    pub(super) fn preexisting(id: &str, now: Micros) -> Option<Self> {
        let name = id.strip_prefix(PREEXISTING_PREFIX)?;
        let is_valid = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
        if name.is_empty() || id.len() > MAX_PREEXISTING_ID || !name.bytes().all(is_valid) {
            return None;
        }
        let (state, first_ran_at) = (MachineState::Running, Some(now));
        Some(Self {
            id: id.to_owned(),
            region: "us-east-1".to_owned(),
            instance_type: "m5.large".to_owned(),
            tags: BTreeMap::new(),
            launched_at: now,
            visible_at: now,
            phase: Phase { state, since: now, reason: None, end: End::None, first_ran_at },
            starts: 1,
            knobs_since: now,
            counters: Counters::default(),
        })
    }

    /// Replaces the tags. Counters and delays begin anew if the tags of the simulation changed.
    pub(super) fn retag(&mut self, tags: BTreeMap<String, String>, knobs: &Knobs, now: Micros) {
        if *knobs != Knobs::of_stored(&self.tags) {
            self.knobs_since = now;
            self.counters = knobs.counters;
        }
        self.tags = tags;
    }

    /// Returns the value of [`WORKER_TAG`].
    pub(super) fn owner(&self) -> Option<&str> {
        self.tags.get(WORKER_TAG).map(String::as_str)
    }

    /// Returns the machine as callers see it in a phase.
    pub(super) fn seen(&self, phase: Phase, now: Micros) -> Machine {
        let is_running = phase.state == MachineState::Running;
        let has_address = is_running || phase.state == MachineState::Stopping;
        Machine {
            id: self.id.clone(),
            region: self.region.clone(),
            instance_type: self.instance_type.clone(),
            state: phase.state,
            state_reason: phase.reason.map(|it| it.into_str().to_owned()),
            address: has_address.then(|| address(&self.id, self.starts)),
            tags: self.tags.clone(),
            launched_at: self.launched_at,
            utilization: is_running.then(|| utilization::of(&self.id, self.launched_at, now)),
        }
    }
}

/// Returns the address of a machine, which each start changes.
fn address(id: &str, starts: i64) -> IpAddr {
    // An odd step, so that an address comes again only after 2^24 starts.
    let number = hash(&[id.as_bytes()]).wrapping_add(u128::from(starts.unsigned_abs()) * 7_919);
    let [.., a, b, c] = number.to_be_bytes();
    Ipv4Addr::new(10, a, b, c).into()
}

/// Returns a hash that is the same on all replicas and in all versions.
pub(super) fn hash(parts: &[&[u8]]) -> u128 {
    let digest: [u8; 32] = parts.iter().fold(Sha256::new(), Sha256::chain_update).finalize().into();
    digest.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_of_small_letters_digits_and_hyphens_exist_without_a_create() {
        let now = Micros(5);
        assert!(Stored::preexisting("i-sim-lab-1", now).is_some());
        for id in [
            "i-sim-",
            "i-sim-Lab",
            "i-sim-a_b",
            "i-0123456789abcdef0",
            "",
            &format!("i-sim-{}", "a".repeat(64)),
        ] {
            assert_eq!(Stored::preexisting(id, now), None, "{id}");
        }
    }

    #[test]
    fn each_start_changes_the_address() {
        let addresses: std::collections::BTreeSet<_> = (1..100).map(|it| address("i-1", it)).collect();
        assert_eq!(addresses.len(), 99);
        assert!(addresses.iter().all(|it| it.to_string().starts_with("10.")));
    }

    #[test]
    fn ids_look_like_those_of_ec2() {
        let spec = MachineSpec {
            region: "us-east-1".to_owned(),
            instance_type: "m5.large".to_owned(),
            tags: BTreeMap::new(),
            client_token: "token".to_owned(),
        };
        let machine = Stored::created(&spec, &SimulatedSettings::default(), Uuid::nil(), Micros(0));
        let digits = machine.id.strip_prefix("i-").unwrap();
        assert!(digits.len() == 17 && digits.bytes().all(|it| it.is_ascii_hexdigit()), "{}", machine.id);
    }
}
