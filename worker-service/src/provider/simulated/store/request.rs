//! The calls that change something, within their transaction.

use platform::clock::{Clock, Micros};
use serde_json::json;
use storage::Transaction;

use super::{Failure, create, limit, lock, save};
use crate::provider::simulated::command::{Call, Command};
use crate::provider::simulated::knobs::Knobs;
use crate::provider::simulated::machine::Stored;
use crate::provider::simulated::settings::SimulatedSettings;
use crate::provider::simulated::settled::settled;
use crate::provider::{Machine, MachineSpec, MachineState, PermanentReason, ProviderError, TagChange};

/// A call that changes something.
#[derive(Clone, Debug)]
pub(in crate::provider::simulated) enum Request {
    Create(MachineSpec),
    Change { id: String, command: Command },
    Tag { id: String, change: TagChange },
}

impl Request {
    pub(super) fn call(&self) -> Call {
        match self {
            Self::Create(_) => Call::Create,
            Self::Change { command, .. } => command.call(),
            Self::Tag { .. } => Call::Tag,
        }
    }

    /// Returns the machine that the call names.
    pub(super) fn machine_id(&self) -> Option<&str> {
        match self {
            Self::Create(_) => None,
            Self::Change { id, .. } | Self::Tag { id, .. } => Some(id),
        }
    }

    pub(super) fn token(&self) -> Option<&str> {
        match self {
            Self::Create(spec) => Some(&spec.client_token),
            Self::Change { .. } | Self::Tag { .. } => None,
        }
    }

    /// Returns what else the call says, for the journal and for comparing creates with the same token.
    pub(super) fn parameters(&self) -> serde_json::Value {
        match self {
            Self::Create(spec) => parameters(spec),
            Self::Change { command: Command::Stop { force }, .. } => json!({ "force": force }),
            Self::Change { .. } => json!({}),
            Self::Tag { change, .. } => json!({ "set": change.set, "remove": change.remove }),
        }
    }

    /// Carries out the call. `arrived` is when the provider received it.
    pub(super) async fn perform(
        &self,
        on: &mut Transaction,
        arrived: Micros,
        settings: &SimulatedSettings,
        clock: &Clock,
    ) -> Result<Machine, Failure> {
        if let Some(throttle) = settings.throttle {
            limit::take(on, throttle, clock).await?;
        }
        match self {
            Self::Create(spec) => create::create(on, spec, arrived, settings, clock).await,
            Self::Change { id, command } => change(on, id, *command, settings, clock).await,
            Self::Tag { id, change } => tag(on, id, change, settings, clock).await,
        }
    }
}

pub(super) fn parameters(spec: &MachineSpec) -> serde_json::Value {
    json!({ "region": spec.region, "instance_type": spec.instance_type, "tags": spec.tags })
}

async fn change(
    on: &mut Transaction,
    id: &str,
    command: Command,
    settings: &SimulatedSettings,
    clock: &Clock,
) -> Result<Machine, Failure> {
    let (mut machine, now) = lock_known(on, id, settings, clock).await?;
    let knobs = Knobs::of_stored(&machine.tags);
    if knobs.refuse == Some(command.call()) {
        return Err(refused(command.call()).into());
    }
    let before = machine.phase;
    let after = command.apply(before, &knobs, settings, now);
    machine.phase = after.map_err(|state| ProviderError::Conflict { state })?;
    if before.state == MachineState::Stopped && machine.phase.state == MachineState::Pending {
        machine.starts += 1;
    }
    store_settled(on, machine, settings, now).await
}

async fn tag(
    on: &mut Transaction,
    id: &str,
    change: &TagChange,
    settings: &SimulatedSettings,
    clock: &Clock,
) -> Result<Machine, Failure> {
    Knobs::of(&change.set).map_err(invalid)?;
    let (mut machine, now) = lock_known(on, id, settings, clock).await?;
    let mut tags = machine.tags.clone();
    tags.retain(|key, _| !change.remove.contains(key));
    tags.extend(change.set.clone());
    let knobs = Knobs::of_stored(&tags);
    machine.retag(tags, &knobs, now);
    store_settled(on, machine, settings, now).await
}

/// Locks a machine that a call names, and returns it in its present phase. Fails if a tag asks for that, or if the
/// provider does not know the machine.
async fn lock_known(
    on: &mut Transaction,
    id: &str,
    settings: &SimulatedSettings,
    clock: &Clock,
) -> Result<(Stored, Micros), Failure> {
    let mut machine = lock(on, id, clock).await?.ok_or_else(|| gone(id))?;
    // Read after the lock was taken; the clock of the replica that changed it last may be ahead.
    let now = clock.now().max(machine.phase.since);
    if let Some(error) = machine.counters.next_failure() {
        save(on, &machine, settings).await?;
        return Err(error.into());
    }
    if now < machine.visible_at {
        return Err(ProviderError::Transient(format!("the machine {id} is not found yet")).into());
    }
    machine.phase = settled(&machine, settings, now).ok_or_else(|| gone(id))?;
    Ok((machine, now))
}

/// Stores a machine in its present phase and returns it.
async fn store_settled(
    on: &mut Transaction,
    mut machine: Stored,
    settings: &SimulatedSettings,
    now: Micros,
) -> Result<Machine, Failure> {
    // Without delays, the next state is reached at once.
    if let Some(phase) = settled(&machine, settings, now) {
        machine.phase = phase;
    }
    save(on, &machine, settings).await?;
    Ok(machine.seen(machine.phase, now))
}

pub(super) fn invalid(message: String) -> ProviderError {
    ProviderError::Permanent { reason: PermanentReason::InvalidParameter, message }
}

pub(super) fn gone(id: &str) -> ProviderError {
    let message = format!("the machine {id} does not exist");
    ProviderError::Permanent { reason: PermanentReason::MachineGone, message }
}

pub(super) fn refused(call: Call) -> ProviderError {
    let message =
        format!("the quota does not allow this call, because of the tag sim:refuse={}", call.into_str());
    ProviderError::Permanent { reason: PermanentReason::QuotaExceeded, message }
}
