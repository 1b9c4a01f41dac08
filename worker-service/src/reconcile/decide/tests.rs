//! Tests of the next step for a worker.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::reconcile::book::LastCall;
use crate::worker::testing::{STATES, worker};

const FORCE: Duration = Duration::from_mins(5);
const NOW: Micros = Micros(1_000_000_000_000);

fn wanting(state: DesiredState) -> Worker {
    let mut worker = worker();
    worker.desired.state = state;
    worker
}

fn machine(worker: &Worker, state: MachineState) -> Machine {
    Machine {
        id: "i-1".to_owned(),
        region: worker.region.clone(),
        instance_type: worker.instance_type.clone(),
        state,
        state_reason: None,
        address: None,
        tags: wanted_tags(worker),
        launched_at: Micros(0),
        utilization: None,
    }
}

fn step(worker: &Worker, seen: &Seen) -> Step {
    decide(worker, &Book::default(), seen, NOW, FORCE)
}

fn with(worker: &Worker, state: MachineState) -> Step {
    step(worker, &Seen::Machine(machine(worker, state)))
}

#[test]
fn each_state_of_a_machine_leads_to_the_desired_one() {
    use DesiredState::{Running, Stopped, Terminated};
    use MachineState as M;
    let wait = |reason| Step::Wait { reason, poll: POLL[0] };
    let table = [
        (Running, M::Pending, wait(WaitReason::Starting)),
        (Running, M::Running, Step::Converged),
        (Running, M::Stopping, wait(WaitReason::Stopping)),
        (Running, M::Stopped, Step::Call(Call::Start)),
        (Stopped, M::Pending, wait(WaitReason::Starting)),
        (Stopped, M::Running, Step::Call(Call::Stop)),
        (Stopped, M::Stopping, wait(WaitReason::Stopping)),
        (Stopped, M::Stopped, Step::Converged),
        (Terminated, M::Pending, Step::Call(Call::Terminate)),
        (Terminated, M::Running, Step::Call(Call::Terminate)),
        (Terminated, M::Stopping, Step::Call(Call::Terminate)),
        (Terminated, M::Stopped, Step::Call(Call::Terminate)),
        (Terminated, M::ShuttingDown, wait(WaitReason::ShuttingDown)),
        (Terminated, M::Terminated, Step::Converged),
    ];
    for (desired, state, expected) in table {
        assert_eq!(with(&wanting(desired), state), expected, "{desired:?} {state:?}");
    }
}

#[test]
fn a_worker_without_a_machine_gets_one_unless_it_is_to_be_terminated() {
    assert_eq!(step(&wanting(DesiredState::Running), &Seen::Nothing), Step::Call(Call::Create));
    assert_eq!(step(&wanting(DesiredState::Stopped), &Seen::Nothing), Step::Call(Call::Create));
    assert_eq!(step(&wanting(DesiredState::Terminated), &Seen::Nothing), Step::Converged);
}

#[test]
fn a_new_machine_may_be_invisible_and_a_known_one_is_lost_after_half_a_minute() {
    let worker = wanting(DesiredState::Running);
    let of = |book: &Book, now| decide(&worker, book, &Seen::Missing, now, FORCE);
    let new = Book { created_at: Some(NOW), ..Book::default() };
    let Step::Wait { reason: WaitReason::NotYetVisible, .. } = of(&new, NOW) else { panic!() };
    let missed = Book { missing_since: Some(NOW), ..Book::default() };
    let Step::Wait { reason: WaitReason::Missing, poll } = of(&missed, NOW + Duration::from_secs(20)) else {
        panic!()
    };
    assert_eq!(poll, Duration::from_secs(10));
    let Step::Failed { failure, is_machine_lost: true } = of(&missed, NOW + MISSING_FOR) else { panic!() };
    assert_eq!(failure.reason, "MACHINE_VANISHED");
}

#[test]
fn a_lost_machine_is_replaced_by_the_next_generation_only() {
    let mut worker = wanting(DesiredState::Running);
    let dead = Machine {
        state_reason: Some("InsufficientCapacity".to_owned()),
        ..machine(&worker, MachineState::Terminated)
    };
    let seen = Seen::Machine(dead);
    let Step::Failed { failure, is_machine_lost: true } = step(&worker, &seen) else { panic!() };
    assert_eq!(failure.reason, "INSUFFICIENT_CAPACITY");
    worker.failure = Some(failure);
    worker.is_machine_lost = true;
    assert_eq!(step(&worker, &seen), Step::Rest);
    worker.failure = None;
    assert_eq!(step(&worker, &seen), Step::Replace);
}

#[test]
fn a_start_that_the_provider_took_back_is_not_repeated_in_its_generation() {
    let mut worker = wanting(DesiredState::Running);
    let stopped = Machine {
        state_reason: Some("InsufficientCapacity".to_owned()),
        ..machine(&worker, MachineState::Stopped)
    };
    let tried = Book { last_call: Some(LastCall { call: Call::Start, generation: 1 }), ..Book::default() };
    let seen = Seen::Machine(stopped);
    let of = |worker: &Worker| decide(worker, &tried, &seen, NOW, FORCE);
    let Step::Failed { failure, is_machine_lost: false } = of(&worker) else { panic!() };
    assert_eq!(failure.message, "the machine did not start: insufficient capacity");
    worker.desired.generation = 2;
    assert_eq!(of(&worker), Step::Call(Call::Start));
}

#[test]
fn a_machine_that_does_not_stop_is_forced() {
    let worker = wanting(DesiredState::Stopped);
    let book = Book { stopping_since: Some(NOW), ..Book::default() };
    let seen = Seen::Machine(machine(&worker, MachineState::Stopping));
    assert!(matches!(decide(&worker, &book, &seen, NOW, FORCE), Step::Wait { .. }));
    assert_eq!(decide(&worker, &book, &seen, NOW + FORCE, FORCE), Step::Call(Call::ForceStop));
}

#[test]
fn changed_tags_reach_the_machine() {
    let mut worker = wanting(DesiredState::Running);
    let seen = Seen::Machine(machine(&worker, MachineState::Running));
    worker.tags.insert("team".to_owned(), "lab".to_owned());
    assert_eq!(step(&worker, &seen), Step::Call(Call::Tag));
}

proptest! {
    #[test]
    fn no_call_is_made_before_the_next_retry(
        desired in select(&STATES), state in select(&[MachineState::Pending, MachineState::Running,
            MachineState::Stopping, MachineState::Stopped, MachineState::ShuttingDown, MachineState::Terminated]),
        has_machine: bool, left in 1_i64..10_000_000,
    ) {
        let worker = wanting(desired);
        let seen = if has_machine { Seen::Machine(machine(&worker, state)) } else { Seen::Nothing };
        let book = Book { failures: 1, next_retry: Some(Micros(NOW.0 + left)), ..Book::default() };
        let waits = decide(&worker, &book, &seen, NOW, FORCE);
        prop_assert!(!matches!(waits, Step::Call(_)));
        let due = decide(&worker, &book, &seen, Micros(NOW.0 + left), FORCE);
        let is_retry = matches!(due, Step::Wait { reason: WaitReason::Retry, .. });
        prop_assert!(!is_retry);
    }
}
