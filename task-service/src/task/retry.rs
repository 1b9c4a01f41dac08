//! Which failed calls are repeated, and when.

use std::time::Duration;

use platform::clock::Micros;

use super::action::{ActionError, Run};

/// Pause after the first failed call of a run, unless the answer says how long to wait. It doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Name of the gRPC code.
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) reason: Option<String>,
    /// How long to wait at least, according to the answer (`google.rpc.RetryInfo`).
    pub(crate) retry_after: Option<Duration>,
}

/// What follows a failed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The call is repeated after this time.
    Retry(Duration),
    /// The run has failed; contains what to add to the message of the call.
    GiveUp(Option<String>),
}

/// The reason of a call whose effect is not known, whatever its code. The request id makes it safe to repeat it.
const OUTCOME_UNKNOWN: &str = "OUTCOME_UNKNOWN";

impl Failure {
    /// Whether the call may succeed later.
    fn is_retryable(&self) -> bool {
        let is_transient = matches!(
            self.code.as_str(),
            "UNAVAILABLE" | "DEADLINE_EXCEEDED" | "RESOURCE_EXHAUSTED" | "ABORTED"
        );
        is_transient || self.reason.as_deref() == Some(OUTCOME_UNKNOWN)
    }

    pub(super) fn error(&self) -> ActionError {
        ActionError {
            code: self.code.clone(),
            message: self.message.clone(),
            retryable: self.is_retryable(),
            reason: self.reason.clone(),
        }
    }

    /// Decides what follows this call, the last one of `run`. `jittered` shortens a pause at random.
    pub(super) fn next(&self, run: &Run, now: Micros, jittered: impl Fn(Duration) -> Duration) -> Next {
        if !self.is_retryable() {
            return Next::GiveUp(None);
        }
        if run.attempt >= run.max_attempts {
            return Next::GiveUp(Some(format!("given up after {} calls", run.attempt)));
        }
        let pause = self.pause(run.attempt, jittered);
        if now + pause >= run.deadline {
            return Next::GiveUp(Some("the deadline is before the next call".to_owned()));
        }
        Next::Retry(pause)
    }

    /// The pause after call number `attempt`: it begins with what the answer says, is never shorter than that, and doubles.
    fn pause(&self, attempt: i32, jittered: impl Fn(Duration) -> Duration) -> Duration {
        let least = self.retry_after.unwrap_or_default();
        let first = self.retry_after.unwrap_or(FIRST_PAUSE);
        let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or_default().min(16);
        let pause = first.saturating_mul(1 << doublings).min(LONGEST_PAUSE.max(least));
        jittered(pause).max(least)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::task::action::NewRun;

    fn run(attempt: i32, deadline: Micros) -> Run {
        let new = NewRun { seq: 1, max_attempts: 10, deadline, trace_id: None, has_replaced_begun: false };
        Run { attempt, ..Run::begin(None, new) }
    }

    fn failure(code: &str, retry_after: Option<Duration>) -> Failure {
        Failure { code: code.to_owned(), message: "no".to_owned(), reason: None, retry_after }
    }

    const LATE: Micros = Micros(i64::MAX);

    #[test]
    fn pauses_double_from_one_second_to_one_minute() {
        let unavailable = failure("UNAVAILABLE", None);
        let pauses: Vec<u64> = (1..10).map(|it| unavailable.pause(it, |it| it).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn what_the_answer_says_replaces_the_first_pause() {
        let throttled = failure("RESOURCE_EXHAUSTED", Some(Duration::from_secs(7)));
        let halved = |it: Duration| it / 2;
        let pauses: Vec<u64> = (1..6).map(|it| throttled.pause(it, halved).as_secs()).collect();
        assert_eq!(pauses, [7, 7, 14, 28, 30]);
        let long = failure("RESOURCE_EXHAUSTED", Some(Duration::from_mins(5)));
        assert_eq!(long.pause(4, |it| it), Duration::from_mins(5));
    }

    #[test]
    fn a_run_ends_with_a_permanent_code_with_its_last_call_and_before_its_deadline() {
        let next =
            |code, attempt, deadline| failure(code, None).next(&run(attempt, deadline), Micros(0), |it| it);
        assert_eq!(next("UNAVAILABLE", 1, LATE), Next::Retry(FIRST_PAUSE));
        assert_eq!(next("FAILED_PRECONDITION", 1, LATE), Next::GiveUp(None));
        let unknown = Failure { reason: Some(OUTCOME_UNKNOWN.to_owned()), ..failure("UNKNOWN", None) };
        assert_eq!(unknown.next(&run(1, LATE), Micros(0), |it| it), Next::Retry(FIRST_PAUSE));
        assert_eq!(next("UNAVAILABLE", 10, LATE), Next::GiveUp(Some("given up after 10 calls".to_owned())));
        assert!(matches!(next("ABORTED", 1, Micros(1_000_000)), Next::GiveUp(Some(_))));
        assert!(matches!(next("ABORTED", 1, Micros(1_000_001)), Next::Retry(_)));
    }

    proptest! {
        #[test]
        fn a_repetition_is_after_the_wait_asked_for_and_before_the_deadline(
            attempt in 1..10_i32,
            wait in proptest::option::of(0..600_000_u64),
            left in 0..7_200_000_000_i64,
            share in 0.0..1.0_f64,
        ) {
            let wait = wait.map(Duration::from_millis);
            let now = Micros(1_000);
            let run = run(attempt, Micros(now.0 + left));
            match failure("UNAVAILABLE", wait).next(&run, now, |it| it.mul_f64(share)) {
                Next::Retry(pause) => {
                    prop_assert!(pause >= wait.unwrap_or_default());
                    prop_assert!(pause <= LONGEST_PAUSE.max(wait.unwrap_or_default()));
                    prop_assert!(now + pause < run.deadline);
                }
                Next::GiveUp(why) => prop_assert!(why.is_some() && left <= 600_000_000),
            }
        }
    }
}
