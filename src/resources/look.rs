//! Reading a task or worker that is waited for: a gateway or service that cannot answer for a while does not end the wait.

use std::time::{Duration, Instant};

use platform::clock::jittered;

use super::Kind;
use super::show::read;
use crate::client::{Answer, Client, Exit, Failure};
use crate::console;

/// Pause before the second attempt; it doubles up to [`MAX_PAUSE`].
const MIN_PAUSE: Duration = Duration::from_millis(500);
const MAX_PAUSE: Duration = Duration::from_secs(10);
/// The longest time for which an answer can ask to be left alone.
const MAX_RETRY_AFTER: Duration = Duration::from_mins(1);

/// The last look may take so long, even if no time is left.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// The end of a wait.
#[derive(Clone, Copy)]
pub(super) struct Deadline {
    pub(super) begun: Instant,
    pub(super) timeout: Duration,
}

impl Deadline {
    pub(super) fn left(self) -> Duration {
        self.timeout.saturating_sub(self.begun.elapsed())
    }
}

/// Reads a task or worker. While the gateway cannot be reached, or answers that it may be asked again later, this tells so on
/// standard error and tries again.
///
/// # Errors
/// [`Exit::TimedOut`] if there is no answer before the deadline. At once if the answer will not change by itself.
pub(super) async fn look(
    client: &Client,
    kind: &Kind,
    id: &str,
    deadline: Deadline,
) -> anyhow::Result<Answer> {
    let mut pause = MIN_PAUSE;
    let mut last = "there was no answer".to_owned();
    loop {
        let longest = deadline.left().max(LAST_LOOK);
        let Ok(read) = tokio::time::timeout(longest, read(client, kind, id)).await else {
            return Err(no_answer(kind, id, deadline, &last).into());
        };
        let failure = match read {
            Ok(answer) => return Ok(answer),
            Err(error) => error.downcast::<Failure>()?,
        };
        if failure.exit != Exit::Unavailable {
            return Err(failure.into());
        }
        last = failure.to_string();
        let wait = pause_of(jittered(pause), failure.retry_after);
        pause = (pause * 2).min(MAX_PAUSE);
        if wait >= deadline.left() {
            tokio::time::sleep(deadline.left()).await;
            return Err(no_answer(kind, id, deadline, &last).into());
        }
        console::report(format_args!("still waiting: {last}; next attempt in {:.1} s", wait.as_secs_f64()));
        tokio::time::sleep(wait).await;
    }
}

fn pause_of(pause: Duration, retry_after: Option<Duration>) -> Duration {
    pause.max(retry_after.unwrap_or_default().min(MAX_RETRY_AFTER))
}

fn no_answer(kind: &Kind, id: &str, deadline: Deadline, last: &str) -> Failure {
    let (noun, after) = (kind.noun, humantime::format_duration(deadline.timeout));
    let message = format!("whether the {noun} has ended could not be learnt within {after}: {last}");
    Failure::new(Exit::TimedOut, message).with_hint(format!("`ccm {noun} get {id} --watch` follows it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_as_long_as_the_gateway_asks_for_within_reason() {
        let of = |seconds| pause_of(Duration::from_secs(2), Some(Duration::from_secs(seconds))).as_secs();
        assert_eq!([of(1), of(7), of(100_000)], [2, 7, 60]);
        assert_eq!(pause_of(MIN_PAUSE, None), MIN_PAUSE);
    }
}
