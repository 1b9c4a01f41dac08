//! No machine without its worker, no worker without its machine, and both in the same state.

use super::Findings;
use crate::fleet::now;
use crate::fleet::records::{Machine, WorkerRow};

pub(super) fn examine(workers: &[WorkerRow], machines: &[Machine], findings: &mut Findings) {
    for machine in machines.iter().filter(|it| is_alive(it)) {
        let owner = machine.owner.as_deref();
        let is_owned = workers.iter().any(|it| {
            owner == Some(it.id.to_string().as_str())
                && it.instance_id.as_ref() == Some(&machine.id)
                && !it.deleted
        });
        findings.unless(is_owned, owner.and_then(|it| it.parse().ok()).unwrap_or_default(), || {
            format!("no worker has the machine {machine:?}")
        });
    }
    for row in workers.iter().filter(|it| !it.deleted) {
        let id = row.id.to_string();
        let own = machines.iter().filter(|it| it.owner.as_ref() == Some(&id) && is_alive(it));
        let states: Vec<&str> = own.map(state).collect();
        let is_right = match row.observed_state.as_str() {
            "terminated" => states.is_empty(),
            "failed" => states.len() <= 1,
            observed => states == [observed],
        };
        findings.unless(is_right, row.id, || format!("is {}, its machines {states:?}", row.observed_state));
    }
}

fn is_alive(machine: &Machine) -> bool {
    !matches!(state(machine), "shutting_down" | "terminated")
}

/// The state of a machine now: the provider stores the one after the last change.
fn state(machine: &Machine) -> &str {
    let has_ended = machine.ends_at.is_some_and(|it| it <= now().0);
    let room = machine.tags.get("sim:capacity").map(String::as_str);
    match (machine.state.as_str(), room) {
        ("pending", Some("create")) if has_ended && machine.starts == 1 => "terminated",
        ("pending", Some("start")) if has_ended && machine.starts > 1 => "stopped",
        ("pending", _) if has_ended => "running",
        ("stopping", _) if has_ended => "stopped",
        ("shutting_down", _) if has_ended => "terminated",
        (state, _) => state,
    }
}
