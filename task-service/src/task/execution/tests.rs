//! Tests of the steps of an execution.

use platform::violation::Violations;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::task::action::ActionDraft;
use crate::task::{Creator, Draft};

const START: Micros = Micros(1_000_000_000);

fn new_run(seq: i64) -> NewRun {
    let deadline = START + Duration::from_mins(30);
    NewRun { seq, max_attempts: 3, deadline, trace_id: None, has_replaced_begun: false }
}

fn task() -> Task {
    let action = ActionDraft { verb: Verb::Stop, worker_id: Uuid::from_u128(7), reason: None };
    let draft = Draft { title: "Stop".to_owned(), action: Some(action), ..Draft::default() };
    let by = Creator { sub: "root", department: None };
    let checked = draft.check(Violations::default()).unwrap();
    Task::create_action(Uuid::from_u128(1), checked, &by, START, new_run(1))
}

fn run(task: &Task) -> &Run {
    &task.action.as_ref().unwrap().run
}

fn failure(code: &str) -> Answer {
    Answer::Failed(Failure {
        code: code.to_owned(),
        message: "no".to_owned(),
        reason: None,
        retry_after: None,
    })
}

fn accepted(outcome: Option<Outcome>) -> Answer {
    Answer::Accepted { generation: 5, outcome }
}

fn same(it: Duration) -> Duration {
    it
}

#[test]
fn an_action_is_asked_for_parked_and_completed() {
    let asked = task().applying(START, Some("t".to_owned()));
    assert_eq!(
        (asked.status, run(&asked).phase, run(&asked).attempt),
        (Status::InProgress, Some(Phase::Applying), 1)
    );
    let parked = asked.answered(accepted(None), START, same);
    assert_eq!((run(&parked).phase, run(&parked).applied_generation), (Some(Phase::Applied), Some(5)));
    assert_eq!(run(&parked).attempts[0].code, "OK");
    let done = parked.finished(Outcome::Converged, START);
    assert_eq!((done.status, run(&done).phase, run(&done).ended_at), (Status::Completed, None, Some(START)));
    assert_eq!((done.revision, done.version), (4, 1));
}

#[test]
fn an_answer_with_an_outcome_ends_the_run_in_one_change() {
    let asked = task().applying(START, None);
    let done = asked.answered(accepted(Some(Outcome::Superseded)), START, same);
    assert_eq!((done.status, done.revision), (Status::Cancelled, asked.revision + 1));
    assert_eq!(run(&done).last_error.as_ref().unwrap().reason.as_deref(), Some(ACTION_SUPERSEDED));
}

#[test]
fn a_call_that_may_succeed_later_makes_the_task_pending_again() {
    let asked = task().applying(START, None);
    let waiting = asked.answered(failure("UNAVAILABLE"), START, same);
    assert_eq!((waiting.status, run(&waiting).phase), (Status::Pending, Some(Phase::Queued)));
    assert_eq!(run(&waiting).run_after, Some(START + Duration::from_secs(1)));
    assert!(run(&waiting).last_error.as_ref().unwrap().retryable);
    let failed = asked.answered(failure("PERMISSION_DENIED"), START, same);
    assert_eq!((failed.status, failed.revision), (Status::Failed, asked.revision + 1));
}

#[test]
fn a_hand_back_counts_no_call_but_the_action_may_have_been_carried_out() {
    let back = task().applying(START, None).handed_back(START);
    assert_eq!((back.status, run(&back).attempt, run(&back).attempts.len()), (Status::Pending, 0, 0));
    let refused = back.cancelled(START).unwrap_err().to_string();
    assert!(refused.contains("ask for start instead"), "{refused}");
}

#[test]
fn a_call_without_a_stored_answer_counts_and_the_last_one_ends_the_run() {
    let mut asked = task().applying(START, None);
    for calls in 1..3 {
        asked = asked.applying(START, None);
        assert_eq!(
            (run(&asked).attempt, run(&asked).attempts.len()),
            (calls + 1, usize::try_from(calls).unwrap())
        );
    }
    let failed = asked.applying(START, None);
    assert_eq!((failed.status, run(&failed).attempts.len()), (Status::Failed, 3));
    assert_eq!(failed.revision, asked.revision + 1);
}

#[test]
fn only_an_action_that_nothing_was_done_for_can_be_cancelled() {
    let cancelled = task().cancelled(START).unwrap().unwrap();
    assert_eq!((cancelled.status, cancelled.version), (Status::Cancelled, 1));
    assert_eq!(cancelled.cancelled(START), Ok(None));
    let replacing = task().retried(NewRun { has_replaced_begun: true, ..new_run(2) }, START);
    assert!(matches!(replacing.cancelled(START), Err(DomainError::ActionIsLive(_))));
    let done = task().applying(START, None).answered(accepted(Some(Outcome::Converged)), START, same);
    assert!(matches!(done.cancelled(START), Err(DomainError::HasEnded { .. })));
}

#[test]
fn a_deadline_says_what_was_waited_for() {
    let text = |task: &Task| run(&task.expired(START)).last_error.clone().unwrap().message;
    let asked = task().applying(START, None);
    assert!(text(&task()).starts_with("no process executed"));
    assert!(text(&asked.answered(failure("ABORTED"), START, same)).contains("in 1 calls"));
    assert!(text(&asked.answered(accepted(None), START, same)).contains("keeps this desired state"));
}

#[test]
fn a_retry_begins_a_run_with_a_higher_number_and_keeps_the_attempts() {
    let failed = task().applying(START, None).answered(failure("INTERNAL"), START, same);
    failed.expect_retryable().unwrap();
    let again = failed.retried(new_run(9), START);
    assert_eq!((again.status, again.action.as_ref().unwrap().seq), (Status::Pending, 9));
    assert_eq!((run(&again).number, run(&again).attempt, run(&again).attempts.len()), (2, 0, 1));
    assert_eq!(run(&again).last_error, None);
    assert!(again.expect_retryable().is_err());
}

/// A step of the execution, as processes may take it.
#[derive(Clone, Debug)]
enum Step {
    Apply,
    Answer(Answer),
    HandBack,
    Finish(Outcome),
    Expire,
    Cancel,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let outcome = || select(vec![Outcome::Converged, Outcome::Superseded, Outcome::Missing]);
    let code = select(vec!["UNAVAILABLE", "ABORTED", "INTERNAL"]).prop_map(failure);
    let accepted = proptest::option::of(outcome()).prop_map(accepted);
    let one = prop_oneof![
        4 => Just(Step::Apply),
        3 => prop_oneof![3 => code, 1 => accepted].prop_map(Step::Answer),
        1 => Just(Step::HandBack),
        1 => outcome().prop_map(Step::Finish),
        1 => Just(Step::Expire),
        1 => Just(Step::Cancel),
    ];
    prop::collection::vec(one, 0..40)
}

proptest! {
    /// Steps that the store's guards do not let through are skipped.
    #[test]
    fn a_run_ends_once_counts_its_calls_and_keeps_its_status_and_phase_together(steps in steps()) {
        let mut task = task();
        for step in steps {
            let before = task.clone();
            let phase = run(&before).phase;
            task = match (step, phase) {
                (Step::Apply, Some(Phase::Queued | Phase::Applying)) => before.applying(START, None),
                (Step::Answer(answer), Some(Phase::Applying)) => before.answered(answer, START, same),
                (Step::HandBack, Some(Phase::Applying)) => before.handed_back(START),
                (Step::Finish(outcome), Some(Phase::Applied)) => before.finished(outcome, START),
                (Step::Expire, Some(_)) => before.expired(START),
                (Step::Cancel, _) => before.cancelled(START).ok().flatten().unwrap_or(before.clone()),
                _ => before.clone(),
            };
            prop_assert!(task.revision - before.revision <= 1);
            prop_assert_eq!(task.version, before.version);
            prop_assert!(run(&task).attempt <= run(&task).max_attempts);
            prop_assert!(run(&task).attempts.len() <= 20);
            prop_assert_eq!(run(&task).phase.is_none(), run(&task).ended_at.is_some());
            prop_assert_eq!(run(&task).call.is_some(), run(&task).phase == Some(Phase::Applying));
            let expected = match run(&task).phase {
                Some(Phase::Queued) => task.status == Status::Pending,
                Some(_) => task.status == Status::InProgress,
                None => matches!(task.status, Status::Completed | Status::Failed | Status::Cancelled),
            };
            prop_assert!(expected, "{:?}", task);
            if run(&before).phase.is_none() {
                prop_assert_eq!(&task, &before);
            }
        }
    }
}
