//! Explains what a worker waits for.

use std::time::Duration;

use platform::clock::Micros;

use crate::reconcile::book::{Attempt, Book};
use crate::reconcile::conditions::{Condition, conditions, explain};
use crate::worker::{ObservedState, OutcomeResult, Worker};

/// Number of provider calls that an explanation has.
const ATTEMPTS: usize = 5;
/// Fewest durations from which a usual one is told.
const FEWEST: usize = 5;

/// What a worker waits for, for people and for programs.
#[derive(Clone, Debug)]
pub(crate) struct Explanation {
    pub(crate) worker: Worker,
    pub(crate) sentences: Vec<String>,
    /// Ready, Reconciling and Stalled.
    pub(crate) conditions: [Condition; 3],
    /// The last provider calls, newest first.
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) next_turn: Option<Micros>,
    pub(crate) next_retry: Option<Micros>,
    pub(crate) usual: Option<UsualDuration>,
}

/// How long reaching a state usually takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UsualDuration {
    pub(crate) median_ms: i64,
    pub(crate) p95_ms: i64,
    pub(crate) samples: i32,
}

impl UsualDuration {
    /// Returns the median and the 95th percentile (nearest rank) of durations in microseconds; `None` if there are fewer than
    /// five.
    fn of(mut durations: Vec<i64>) -> Option<Self> {
        if durations.len() < FEWEST {
            return None;
        }
        durations.sort_unstable();
        let rank = |percent: usize| durations[(durations.len() * percent).div_ceil(100) - 1] / 1_000;
        let samples = i32::try_from(durations.len()).unwrap_or(i32::MAX);
        Some(Self { median_ms: rank(50), p95_ms: rank(95), samples })
    }
}

/// Explains a worker. `durations` is how long the last generations of this provider and desired state took, in microseconds.
pub(crate) fn explanation(
    worker: Worker,
    book: &Book,
    due_at: Option<Micros>,
    durations: Vec<i64>,
    now: Micros,
) -> Explanation {
    let conditions = conditions(&worker, book);
    let usual = UsualDuration::of(durations);
    let next_retry = book.next_retry.filter(|_| book.failures > 0 || book.conflicts > 0);
    let sentences = sentences(&worker, book, &conditions, usual, now);
    let attempts = book.attempts.iter().rev().take(ATTEMPTS).cloned().collect();
    let next_turn = due_at.map(|it| it.max(now));
    Explanation { worker, sentences, conditions, attempts, next_turn, next_retry, usual }
}

fn sentences(
    worker: &Worker,
    book: &Book,
    [_, reconciling, _]: &[Condition; 3],
    usual: Option<UsualDuration>,
    now: Micros,
) -> Vec<String> {
    let desired = &worker.desired;
    let reason = desired.reason.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    let mut sentences = vec![
        format!(
            "{} asked {} ago for the worker to be {}{reason}.",
            desired.set_by,
            ago(now - desired.set_at),
            desired.state.into_str()
        ),
        observed(worker, now),
    ];
    if let Some(failure) = &worker.failure {
        sentences.push(format!("The reason: {} ({}).", failure.message, failure.reason));
        sentences.push(format!(
            "Nothing more is tried until somebody asks for {}, or retries the task of the last action.",
            actions(worker)
        ));
        return sentences;
    }
    let is_there = worker.observed.state == desired.state.reached();
    let is_in_doubt = book.failures > 0 || book.is_machine_unseen();
    if !worker.is_reconciling() && is_there && !is_in_doubt {
        let ended = worker.outcome.as_ref().filter(|it| it.result == OutcomeResult::Converged);
        let took = ended.map(|it| format!(" It took {}.", ago(it.at - desired.set_at))).unwrap_or_default();
        sentences.push(format!("This is the desired state, so nothing is waited for.{took}"));
        return sentences;
    }
    let since = book.waiting.map(|it| format!(", for {} so far", ago(now - it.since))).unwrap_or_default();
    sentences.push(format!("Waiting: {}{since}.", explain(reconciling.reason)));
    sentences.extend(setback(book, now));
    sentences.push(match usual {
        Some(it) => format!(
            "It usually takes {} to be {}, and {} in 19 of 20 cases.",
            ago(millis(it.median_ms)),
            desired.state.into_str(),
            ago(millis(it.p95_ms))
        ),
        None => "There is no data yet about how long this usually takes.".to_owned(),
    });
    sentences
}

/// The actions that are legal, for people: `start, stop or terminate`.
fn actions(worker: &Worker) -> &'static str {
    match worker.legal_states() {
        [_] => "terminate",
        _ => "start, stop or terminate",
    }
}

/// What the provider has answered to the last calls, if it did not accept them.
fn setback(book: &Book, now: Micros) -> Option<String> {
    let message = book.attempts.last().and_then(|it| it.message.clone()).unwrap_or_default();
    let next = book.next_retry.map(|it| format!(" in {}", ago(it - now))).unwrap_or_default();
    let times = |count: u32| if count == 1 { "once".to_owned() } else { format!("{count} times in a row") };
    if book.failures > 0 {
        let times = times(book.failures);
        return Some(format!("The provider has failed {times}: {message}. It is asked again{next}."));
    }
    let times = (book.conflicts > 0).then(|| times(book.conflicts))?;
    Some(format!(
        "The provider has refused the call {times}: {message}. The machine is looked at again{next}."
    ))
}

fn observed(worker: &Worker, now: Micros) -> String {
    let since = ago(now - worker.observed.since);
    match worker.observed.state {
        ObservedState::Pending if worker.instance_id.is_none() => {
            format!("It has been waiting for a machine for {since}.")
        }
        state => {
            let machine =
                worker.instance_id.as_ref().map(|it| format!(" (machine {it})")).unwrap_or_default();
            match state {
                ObservedState::Failed => format!("It failed {since} ago{machine}."),
                _ => format!("It has been {} for {since}{machine}.", state.into_str().replace('_', " ")),
            }
        }
    }
}

fn millis(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}

/// A duration for people: `2 min 5 s`.
fn ago(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reconcile::book::WaitReason;
    use crate::reconcile::conditions::{Reason, Status};
    use crate::worker::testing::worker;
    use crate::worker::{Desire, DesiredState, Failure, Outcome, Reached};

    fn told(worker: Worker, book: &Book, durations: Vec<i64>) -> Vec<String> {
        explanation(worker, book, None, durations, Micros(5_000_001)).sentences
    }

    #[test]
    fn a_worker_that_starts_says_what_it_waits_for_and_how_long_it_usually_takes() {
        let mut starting = worker();
        starting.instance_id = Some("i-1".to_owned());
        let mut book = Book::default();
        book.wait(WaitReason::Starting, Micros(1_000_001));
        let expected = [
            "ada asked 5.0 s ago for the worker to be running.",
            "It has been pending for 5.0 s (machine i-1).",
            "Waiting: the machine is starting, for 4.0 s so far.",
            "It usually takes 3.0 s to be running, and 9.0 s in 19 of 20 cases.",
        ];
        let durations = vec![2_000_000, 3_000_000, 9_000_000, 1_000_000, 4_000_000];
        assert_eq!(told(starting.clone(), &book, durations), expected);
        let without = told(starting, &book, vec![1, 2, 3, 4]);
        assert_eq!(without[3], "There is no data yet about how long this usually takes.");
    }

    #[test]
    fn a_failed_worker_that_is_retried_waits_for_its_turn() {
        let mut failed = worker();
        failed.observed.state = ObservedState::Failed;
        failed.failure = Some(Failure { reason: "QUOTA_EXCEEDED".to_owned(), message: "full".to_owned() });
        let at = Micros(9);
        failed.outcome = Some(Outcome { generation: 1, result: OutcomeResult::Failed, at, failure: None });
        let state = DesiredState::Running;
        let desire = Desire { state, action_seq: 1, set_by: "ada".to_owned(), reason: None };
        let sentences = told(failed.clone(), &Book::default(), Vec::new());
        let expected = [
            "It failed 5.0 s ago.",
            "The reason: full (QUOTA_EXCEEDED).",
            "Nothing more is tried until somebody asks for start, stop or terminate, or retries the task of the last action.",
        ];
        assert_eq!(sentences[1..4], expected);
        let Reached::Begun { worker, .. } = failed.desire(desire, at).unwrap() else { panic!("joined") };
        let explained = explanation(worker, &Book::default(), None, Vec::new(), Micros(10));
        let [ready, reconciling, stalled] = &explained.conditions;
        let statuses = [ready.status, reconciling.status, stalled.status];
        assert_eq!(statuses, [Status::False, Status::True, Status::False]);
        assert_eq!(explained.sentences[2], "Waiting: the worker waits for its turn.");
    }

    #[test]
    fn a_running_worker_whose_machine_is_not_shown_is_not_told_to_be_as_desired() {
        let mut running = worker();
        running.observed.state = ObservedState::Running;
        let result = OutcomeResult::Converged;
        running.outcome = Some(Outcome { generation: 1, result, at: Micros(2), failure: None });
        for (reason, told, why) in [
            (
                WaitReason::Missing,
                "the provider does not show the machine; it is looked for again",
                Reason::MachineMissing,
            ),
            (
                WaitReason::NotYetVisible,
                "the provider does not show the new machine yet",
                Reason::MachineNotVisible,
            ),
        ] {
            let mut book = Book::default();
            book.wait(reason, Micros(4_000_001));
            let explained = explanation(running.clone(), &book, None, Vec::new(), Micros(5_000_001));
            assert_eq!(explained.sentences[2], format!("Waiting: {told}, for 1.0 s so far."));
            let [ready, reconciling, stalled] = explained.conditions;
            let statuses = [ready.status, reconciling.status, stalled.status];
            assert_eq!(statuses, [Status::Unknown, Status::True, Status::False]);
            assert_eq!(ready.reason, why);
        }
    }

    #[test]
    fn a_conflict_that_persists_is_told_with_the_time_of_the_next_look() {
        let mut book = Book { conflicts: 5, next_retry: Some(Micros(9_000_001)), ..Book::default() };
        book.wait(WaitReason::Conflict, Micros(1_000_001));
        book.attempts.push(Attempt {
            call: "start".to_owned(),
            at: Micros(5),
            generation: 1,
            result: "conflict".to_owned(),
            message: Some("the machine is stopping, in which this call is not possible".to_owned()),
            trace_id: None,
        });
        let sentences = told(worker(), &book, Vec::new());
        let expected = [
            "Waiting: the state of the machine does not allow the call; the machine is looked at again, for 4.0 s so far.",
            "The provider has refused the call 5 times in a row: the machine is stopping, in which this call is not \
             possible. The machine is looked at again in 4.0 s.",
        ];
        assert_eq!(sentences[2..4], expected);
    }

    #[test]
    fn the_usual_duration_is_the_median_and_the_95th_percentile() {
        let durations = (1..=20).rev().map(|it| it * 1_000).collect();
        let usual = UsualDuration::of(durations).unwrap();
        assert_eq!(usual, UsualDuration { median_ms: 10, p95_ms: 19, samples: 20 });
    }
}
