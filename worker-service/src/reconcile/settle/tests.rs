//! Tests of what a turn leaves behind.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::reconcile::decide::{decide, wanted_tags};
use crate::worker::testing::{STATES, worker};

const FORCE: Duration = Duration::from_mins(5);

fn machine(worker: &Worker, state: MachineState) -> Machine {
    Machine {
        id: "i-1".to_owned(),
        region: worker.region.clone(),
        instance_type: worker.instance_type.clone(),
        state,
        state_reason: None,
        address: Some([10, 0, 0, 7].into()),
        tags: wanted_tags(worker),
        launched_at: Micros(0),
        utilization: None,
    }
}

fn turn(worker: &Worker, book: &Book, seen: Seen, now: i64) -> Settled {
    let step = decide(worker, book, &seen, Micros(now), FORCE);
    let generation = worker.desired.generation;
    let turn = Turn { generation, seen: Some(seen), done: Done::Stepped(step), now: Micros(now), share: 0.5 };
    settle(worker, book, turn)
}

fn called(worker: &Worker, book: &Book, call: Call, error: ProviderError, now: i64) -> Settled {
    let generation = worker.desired.generation;
    let done = Done::Called { call, result: Err(error), trace_id: None };
    settle(worker, book, Turn { generation, seen: None, done, now: Micros(now), share: 0.5 })
}

fn permanent() -> ProviderError {
    ProviderError::Permanent {
        reason: PermanentReason::QuotaExceeded,
        message: "no more machines".to_owned(),
    }
}

#[test]
fn a_machine_that_runs_ends_the_generation() {
    let starting = worker();
    let seen = Seen::Machine(machine(&starting, MachineState::Running));
    let after = turn(&starting, &Book::default(), seen, 9);
    let outcome = after.worker.outcome.clone().unwrap();
    assert_eq!((outcome.generation, outcome.result, outcome.at), (1, OutcomeResult::Converged, Micros(9)));
    assert_eq!((after.worker.observed.state, after.worker.observed.generation), (ObservedState::Running, 1));
    assert_eq!(after.worker.instance_id.as_deref(), Some("i-1"));
    assert_eq!(after.worker.observed.address.as_deref(), Some("10.0.0.7"));
    assert_eq!((after.worker.revision, after.due_in), (2, None));
}

#[test]
fn a_turn_that_sees_no_change_changes_nothing_of_the_worker() {
    let starting = worker();
    let pending = Seen::Machine(machine(&starting, MachineState::Pending));
    let first = turn(&starting, &Book::default(), pending.clone(), 9);
    let again = turn(&first.worker, &first.book, pending, 10);
    assert_eq!(again.worker, first.worker);
    assert!(again.due_in.is_some());
}

#[test]
fn a_permanent_error_fails_the_worker_with_the_providers_reason() {
    let after = called(&worker(), &Book::default(), Call::Create, permanent(), 9);
    let failure = after.worker.failure.clone().unwrap();
    assert_eq!((failure.reason.as_str(), failure.message.as_str()), ("QUOTA_EXCEEDED", "no more machines"));
    let attempt = after.book.attempts.last().unwrap();
    let told = (attempt.result.as_str(), attempt.message.as_deref());
    assert_eq!(told, ("permanent", Some("no more machines (QUOTA_EXCEEDED)")));
    assert_eq!(after.worker.outcome.unwrap().result, OutcomeResult::Failed);
    assert_eq!((after.worker.observed.state, after.due_in), (ObservedState::Failed, None));
}

#[test]
fn the_result_of_a_call_for_an_earlier_generation_does_not_end_the_later_one() {
    let mut later = worker();
    later.desired.generation = 2;
    let done = Done::Called { call: Call::Create, result: Err(permanent()), trace_id: None };
    let old = Turn { generation: 1, seen: None, done, now: Micros(9), share: 0.5 };
    let after = settle(&later, &Book::default(), old);
    assert_eq!((after.worker.outcome, after.worker.failure), (None, None));
    assert_eq!(after.due_in, Some(Duration::ZERO));
}

#[test]
fn a_throttled_call_waits_at_least_as_long_as_the_provider_says() {
    let after = Some(Duration::from_secs(7));
    let settled = called(&worker(), &Book::default(), Call::Create, ProviderError::Throttled { after }, 0);
    assert_eq!((settled.due_in, settled.book.failures), (after, 1));
    let attempt = settled.book.attempts.last().unwrap();
    assert_eq!((attempt.call.as_str(), attempt.result.as_str()), ("create", "throttled"));
}

#[test]
fn the_pause_doubles_up_to_five_minutes() {
    let (mut book, mut pauses) = (Book::default(), Vec::new());
    for _ in 0..12 {
        let error = ProviderError::Transient("down".to_owned());
        let settled = called(&worker(), &book, Call::Create, error, 0);
        pauses.push(settled.due_in.unwrap().as_millis());
        book = settled.book;
    }
    assert_eq!(pauses[..4], [750, 1_500, 3_000, 6_000]);
    assert_eq!(pauses[11], 225_000);
}

#[test]
fn a_conflict_that_persists_is_retried_after_growing_pauses_and_one_that_is_over_quickly_again() {
    let (worker, mut book, mut pauses) = (worker(), Book::default(), Vec::new());
    let conflict = || ProviderError::Conflict { state: MachineState::Stopping };
    for _ in 0..15 {
        let settled = called(&worker, &book, Call::Start, conflict(), 0);
        pauses.push(settled.due_in.unwrap().as_millis());
        book = settled.book;
    }
    assert_eq!(pauses[..6], [500, 500, 500, 750, 1_500, 3_000]);
    assert_eq!((pauses[14], book.failures), (225_000, 0));
    assert_eq!(book.waiting.map(|it| it.reason), Some(WaitReason::Conflict));
    let seen = Seen::Machine(machine(&worker, MachineState::Stopped));
    let early = turn(&worker, &book, seen, 1);
    assert_eq!(early.book.waiting.map(|it| it.reason), Some(WaitReason::Conflict));
    assert_eq!(early.due_in, Some(Duration::from_micros(224_999_999)));
    let moved_on = turn(&worker, &book, Seen::Machine(machine(&worker, MachineState::Stopping)), 2);
    let again = called(&worker, &moved_on.book, Call::Start, conflict(), 3);
    assert_eq!(again.due_in, Some(SOON));
}

#[test]
fn a_machine_that_was_found_by_its_tag_may_be_invisible_for_a_while_after_its_launch() {
    let worker = worker();
    let launched_at = Micros(1_000_000_000);
    let found = Machine { launched_at, ..machine(&worker, MachineState::Pending) };
    let after = turn(&worker, &Book::default(), Seen::Machine(found), 1_000_000_005);
    let of = |now| decide(&after.worker, &after.book, &Seen::Missing, now, FORCE);
    let waits = of(launched_at + Duration::from_mins(1));
    assert!(matches!(waits, Step::Wait { reason: WaitReason::NotYetVisible, .. }), "{waits:?}");
    let missing = of(launched_at + Duration::from_mins(2));
    assert!(matches!(missing, Step::Wait { reason: WaitReason::Missing, .. }), "{missing:?}");
}

#[test]
fn a_lost_machine_that_is_back_makes_a_failed_worker_well() {
    let mut failed = worker();
    failed.instance_id = Some("i-1".to_owned());
    failed.observed.state = ObservedState::Failed;
    failed.is_machine_lost = true;
    failed.failure = Some(Failure { reason: "MACHINE_VANISHED".to_owned(), message: String::new() });
    let outcome = Outcome { generation: 1, result: OutcomeResult::Failed, at: Micros(5), failure: None };
    failed.outcome = Some(outcome.clone());
    let seen = Seen::Machine(machine(&failed, MachineState::Running));
    let after = turn(&failed, &Book::default(), seen, 9).worker;
    assert_eq!((after.observed.state, after.failure), (ObservedState::Running, None));
    assert!(!after.is_machine_lost);
    assert_eq!((after.outcome, after.converged_at), (Some(outcome), Some(Micros(9))));
}

#[test]
fn a_machine_that_stops_long_after_a_start_is_started_again() {
    let mut worker = worker();
    worker.instance_id = Some("i-1".to_owned());
    let last_call = Some(LastCall { call: Call::Start, generation: 1 });
    let book = Book { last_call, ..Book::default() };
    let up = turn(&worker, &book, Seen::Machine(machine(&worker, MachineState::Running)), 9);
    let retired =
        Machine { state_reason: Some("Retirement".to_owned()), ..machine(&worker, MachineState::Stopped) };
    let step = decide(&up.worker, &up.book, &Seen::Machine(retired), Micros(10), FORCE);
    assert_eq!(step, Step::Call(Call::Start));
}

#[test]
fn a_start_that_was_throttled_is_made_again_and_not_taken_for_a_failure_of_the_machine() {
    let mut worker = worker();
    worker.instance_id = Some("i-1".to_owned());
    let stopped =
        Machine { state_reason: Some("Retirement".to_owned()), ..machine(&worker, MachineState::Stopped) };
    let throttled = ProviderError::Throttled { after: None };
    let after = called(&worker, &Book::default(), Call::Start, throttled, 9);
    let step = decide(&after.worker, &after.book, &Seen::Machine(stopped), Micros(9_000_000), FORCE);
    assert_eq!(step, Step::Call(Call::Start));
}

#[test]
fn a_machine_that_came_back_is_lost_no_longer() {
    let mut worker = worker();
    (worker.instance_id, worker.is_machine_lost) = (Some("i-1".to_owned()), true);
    let back = turn(&worker, &Book::default(), Seen::Machine(machine(&worker, MachineState::Running)), 9);
    assert!(!back.worker.is_machine_lost);
}

#[test]
fn the_power_is_cut_once_in_its_time_whatever_else_is_waited_for_meanwhile() {
    let mut worker = worker();
    worker.desired.state = DesiredState::Stopped;
    let seen = Seen::Machine(machine(&worker, MachineState::Stopping));
    let first = turn(&worker, &Book::default(), seen.clone(), 0);
    let generation = worker.desired.generation;
    let failed = Done::LookFailed { error: ProviderError::Transient("down".to_owned()), trace_id: None };
    let looked = Turn { generation, seen: None, done: failed, now: Micros(5), share: 0.5 };
    let book = settle(&first.worker, &first.book, looked).book;
    let limit = Micros(0) + FORCE;
    assert_eq!(decide(&first.worker, &book, &seen, limit, FORCE), Step::Call(Call::ForceStop));
    let Seen::Machine(machine) = &seen else { panic!() };
    let done = Done::Called { call: Call::ForceStop, result: Ok(Some(machine.clone())), trace_id: None };
    let cut = settle(&first.worker, &book, Turn { generation, seen: None, done, now: limit, share: 0.5 });
    let step = decide(&cut.worker, &cut.book, &seen, limit + Duration::from_secs(1), FORCE);
    assert!(matches!(step, Step::Wait { .. }), "{step:?}");
}

#[derive(Clone, Debug)]
enum Happening {
    Nothing,
    Missing,
    Machine(MachineState, bool),
    Throttled,
    Transient,
    Conflict,
    Permanent,
}

fn happening() -> impl Strategy<Value = Happening> {
    use MachineState::{Pending, Running, ShuttingDown, Stopped, Stopping, Terminated};
    let states = select(vec![Pending, Running, Stopping, Stopped, ShuttingDown, Terminated]);
    prop_oneof![
        1 => Just(Happening::Nothing),
        1 => Just(Happening::Missing),
        4 => (states, any::<bool>()).prop_map(|(state, by_itself)| Happening::Machine(state, by_itself)),
        1 => Just(Happening::Throttled),
        1 => Just(Happening::Transient),
        1 => Just(Happening::Conflict),
        1 => Just(Happening::Permanent),
    ]
}

proptest! {
    /// Whatever a provider shows: revisions count changes, outcomes are final, only provider errors count as failures, and
    /// a worker that has neither converged nor failed is due again.
    #[test]
    fn bookkeeping_holds_whatever_a_provider_shows(
        desired in select(&STATES),
        story in prop::collection::vec((happening(), 1_i64..60_000_000), 1..40),
    ) {
        let (mut worker, mut book, mut now) = (worker(), Book::default(), 1_000_000);
        worker.desired.state = desired;
        for (it, pause) in story {
            now += pause;
            let error = match it {
                Happening::Throttled => Some(ProviderError::Throttled { after: None }),
                Happening::Transient => Some(ProviderError::Transient("down".to_owned())),
                Happening::Conflict => Some(ProviderError::Conflict { state: MachineState::Pending }),
                Happening::Permanent => Some(permanent()),
                _ => None,
            };
            let is_error = matches!(it, Happening::Throttled | Happening::Transient);
            let after = match (it, error) {
                (_, Some(error)) if worker.failure.is_none() => called(&worker, &book, Call::Start, error, now),
                (Happening::Missing, _) => turn(&worker, &book, Seen::Missing, now),
                (Happening::Machine(state, by_itself), _) => {
                    let state_reason = by_itself.then(|| "Retirement".to_owned());
                    let machine = Machine { state_reason, ..machine(&worker, state) };
                    turn(&worker, &book, Seen::Machine(machine), now)
                }
                _ => turn(&worker, &book, Seen::Nothing, now),
            };
            prop_assert_eq!(after.worker.revision, worker.revision + i64::from(after.worker != worker));
            prop_assert_eq!(after.worker.version, worker.version);
            if worker.outcome.is_some() {
                prop_assert_eq!(&after.worker.outcome, &worker.outcome);
            }
            if after.book.failures > book.failures {
                prop_assert!(is_error);
            }
            prop_assert!(after.due_in.is_some() || after.worker.outcome.is_some());
            prop_assert_eq!(after.worker.failure.is_some(), after.worker.observed.state == ObservedState::Failed);
            (worker, book) = (after.worker, after.book);
        }
    }
}
