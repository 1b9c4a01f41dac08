//! The provider's journal: calls of different turns overlap only after a lease has ended, no machine is made twice, none is
//! terminated unasked, and what the services say was reached was.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Findings, Run};
use crate::fleet::cluster::Kind;
use crate::fleet::records::{Call, Generation, Machine, WorkerRow};
use crate::fleet::{LEASE, TOKEN_LIFETIME};

/// A call that has waited for longer may have no caller any more: `CALL_TIMEOUT` of turn.rs is 1.07 s with these leases.
const CALL_TIMEOUT: Duration = Duration::from_secs(1);

/// How long after its process goes on again a call may still arrive, in microseconds.
const ARRIVES_WITHIN: i64 = 3_000_000;

pub(super) fn examine(run: &Run, findings: &mut Findings) {
    let mut machines = BTreeMap::<&str, Vec<&Call>>::new();
    let mut doubled = BTreeSet::<&str>::new();
    for call in run.records.calls.iter().filter(|it| it.call == "create" && it.result == "ok") {
        let (Some(token), Some(machine)) = (&call.client_token, &call.machine_id) else { continue };
        let made = machines.entry(token).or_default();
        if doubled.contains(machine.as_str()) || made.iter().any(|it| it.machine_id == call.machine_id) {
            continue;
        }
        let unseen = made.extract_if(.., |it| was_in_progress(it, call, run));
        let unseen: Vec<&str> = unseen.filter_map(|it| it.machine_id.as_deref()).collect();
        if !unseen.is_empty() {
            doubled.extend(unseen.into_iter().chain([machine.as_str()]));
        }
        // Who was suspended after the create finds a machine that has ended, and whose token is forgotten.
        made.retain(|it| !has_ended(it, call.at, run));
        made.push(call);
        findings.unless(made.len() == 1, call.worker_id, || format!("{token} has made {made:?}"));
    }
    for row in &run.records.workers {
        // Of two machines, the worker has got one.
        let id = row.id.to_string();
        let own = run.records.worker_changes.iter().map(|it| &it.after).filter(|it| it.id == id);
        let own: BTreeSet<&str> = own.filter_map(|it| it.instance_id.as_deref()).collect();
        let is_surplus = |call: &Call| {
            call.machine_id.as_deref().is_some_and(|it| doubled.contains(it) && !own.contains(it))
        };
        let calls: Vec<&Call> = run.records.calls_of(row.id).filter(|it| !is_surplus(it)).collect();
        let late = fences(row, &calls, run, findings);
        for generation in run.records.generations.iter().filter(|it| it.worker_id == row.id) {
            if generation.result.as_deref() == Some("converged") {
                reached(row, generation, (&calls, &late), run, findings);
            }
        }
        let is_asked =
            run.records.generations.iter().any(|it| it.worker_id == row.id && it.state == "terminated");
        for call in calls.iter().filter(|it| it.call == "terminate") {
            findings.unless(is_asked, row.id, || format!("was terminated unasked: {call:?}"));
        }
    }
}

/// Whether the process that made a machine was suspended before the provider had it stored, while another create of the same
/// token came. Nobody could find the machine yet, and its token was forgotten once it could be found: a second one is made,
/// and a sweep terminates the surplus.
fn was_in_progress(create: &Call, other: &Call, run: &Run) -> bool {
    /// Between the signal to go on and the time that is noted, or the end of what was in progress; in microseconds.
    const GOES_ON_WITHIN: i64 = 1_000_000;
    let is_forgotten = other.at >= create.at + i64::try_from(TOKEN_LIFETIME.as_micros()).unwrap();
    let mut faults = run.faults.iter().filter(|it| it.replica.service == "worker-service");
    is_forgotten
        && faults.any(|it| {
            let is_long = matches!(it.kind, Kind::Suspend(time) if time > LEASE / 2);
            let (begin, end) = (it.from.0, it.until.0);
            let came_meanwhile = arrived(other) <= end + GOES_ON_WITHIN && other.at >= end - GOES_ON_WITHIN;
            is_long && (begin..=end).contains(&create.at) && came_meanwhile
        })
}

/// Whether the machine of a create ended by itself before a time, for lack of capacity.
fn has_ended(create: &Call, before: i64, run: &Run) -> bool {
    let has_no_room = |it: &Machine| it.tags.get("sim:capacity").is_some_and(|it| it == "create");
    run.records.machines.iter().any(|it| {
        create.machine_id.as_ref() == Some(&it.id)
            && has_no_room(it)
            && it.ends_at.is_some_and(|ends_at| ends_at <= before)
    })
}

/// Returns the calls that came after one of a later turn.
fn fences(row: &WorkerRow, calls: &[&Call], run: &Run, findings: &mut Findings) -> BTreeSet<i64> {
    let (mut highest, mut late) = (0, BTreeSet::new());
    for call in calls {
        if call.fence < highest {
            late.insert(call.seq);
            let later = calls.iter().find(|it| it.fence > call.fence);
            let was_first = later.is_some_and(|it| arrived(call) < it.at);
            findings.unless(was_suspended(call, run) || was_first, row.id, || {
                format!(
                    "no process was suspended, and yet a call arrived after one with fence {highest}: {call:?}"
                )
            });
        }
        highest = highest.max(call.fence);
    }
    findings.unless(row.fence >= highest, row.id, || {
        format!("the fence {} is recorded, which is lower than {highest}", row.fence)
    });
    late
}

/// When a call came to the provider, in microseconds. On a busy machine it may wait there until its caller has given up.
fn arrived(call: &Call) -> i64 {
    let waited = call.message.as_deref().and_then(|it| it.split_once("has waited for "));
    let Some((_, seconds)) = waited else { return call.at };
    let digits: String = seconds.chars().filter(char::is_ascii_digit).collect();
    // With six decimal places.
    call.at - digits.parse::<i64>().expect("a time in seconds")
}

/// Whether a call has waited until its caller gave up.
fn is_given_up(call: &Call) -> bool {
    call.at - arrived(call) > i64::try_from(CALL_TIMEOUT.as_micros()).unwrap()
}

fn was_suspended(call: &Call, run: &Run) -> bool {
    run.faults.iter().any(|it| {
        let is_long = match it.kind {
            Kind::Suspend(time) => time > LEASE / 2,
            kind => kind == Kind::Unanswered,
        };
        is_long && it.from.0 <= call.at && call.at <= it.until.0 + ARRIVES_WITHIN
    })
}

/// Whether a call was made while the provider did not answer: it may take effect after the next look at the machine.
fn was_unanswered(call: &Call, run: &Run) -> bool {
    let mut faults = run.faults.iter().filter(|it| it.kind == Kind::Unanswered);
    faults.any(|it| it.from.0 <= call.at && call.at <= it.until.0)
}

/// The last call before a generation converged is the one that brought the machine there.
fn reached(
    row: &WorkerRow,
    generation: &Generation,
    (calls, late): (&[&Call], &BTreeSet<i64>),
    run: &Run,
    findings: &mut Findings,
) {
    const CHANGES: [&str; 4] = ["create", "start", "stop", "terminate"];
    let ended = generation.ended_at.unwrap_or_default();
    let changes = |it: &&Call| it.result == "ok" && it.at <= ended && CHANGES.contains(&it.call.as_str());
    let mut calls: Vec<&Call> = calls.iter().copied().filter(changes).collect();
    let last = calls.last().copied();
    let has_no_room = row.tags.contains_key("sim:capacity");
    let leads_there =
        |last: Option<&&Call>| match (generation.state.as_str(), last.map(|it| it.call.as_str())) {
            ("running", Some("create" | "start"))
            | ("stopped", Some("stop"))
            | ("terminated", Some("terminate") | None) => true,
            ("stopped", Some("start")) | ("terminated", Some("create")) => has_no_room,
            _ => false,
        };
    let mut is_right = leads_there(calls.last());
    // Such a call may have had its effect after the look at the machine.
    while !is_right && calls.pop_if(|it| is_given_up(it)).is_some() {
        is_right = leads_there(calls.last());
    }
    let is_late = last.is_some_and(|it| late.contains(&it.seq) || was_unanswered(it, run));
    findings.unless(is_right || is_late, row.id, || format!("{generation:?} has converged after {last:?}"));
}
