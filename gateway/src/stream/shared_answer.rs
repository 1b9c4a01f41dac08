//! A question that many streams have at the same time, and that is asked once for all who had it before. A `OnceCell` would keep
//! its answer for ever, and none if the question failed.

use std::time::Instant;

use tokio::sync::Mutex;
use tonic::Status;

/// The latest answer, or failure.
pub(super) struct SharedAnswer<T> {
    latest: Mutex<Option<Latest<T>>>,
}

struct Latest<T> {
    asked_at: Instant,
    answer: Result<T, Status>,
}

impl<T: Clone> SharedAnswer<T> {
    pub(super) fn new() -> Self {
        Self { latest: Mutex::const_new(None) }
    }

    /// Asks, unless somebody else has asked since this was called: then that answer is as new as one of its own. One asks at a
    /// time.
    pub(super) async fn get(&self, ask: impl AsyncFnOnce() -> Result<T, Status>) -> Result<T, Status> {
        let called_at = Instant::now();
        let mut latest = self.latest.lock().await;
        if let Some(Latest { answer, .. }) = latest.as_ref().filter(|it| it.asked_at >= called_at) {
            return answer.clone();
        }
        let asked_at = Instant::now();
        let answer = ask().await;
        *latest = Some(Latest { asked_at, answer: answer.clone() });
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[tokio::test]
    async fn all_who_have_asked_before_a_question_get_its_answer() {
        let (asked, is_open) = (Cell::new(0), Cell::new(false));
        let shared = SharedAnswer::new();
        let ask = || {
            shared.get(async || {
                asked.set(asked.get() + 1);
                let number = asked.get();
                std::future::poll_fn(|_| if is_open.get() { Poll::Ready(()) } else { Poll::Pending }).await;
                if number == 2 { Err(Status::unavailable("no")) } else { Ok(number) }
            })
        };
        let mut all: Vec<_> = (0..100).map(|_| Box::pin(ask())).collect();
        let mut cx = Context::from_waker(Waker::noop());
        for it in &mut all {
            assert!(it.as_mut().poll(&mut cx).is_pending());
        }
        is_open.set(true);
        let answers: Vec<_> = futures_util::future::join_all(all).await;
        assert_eq!(answers[0].as_ref().ok(), Some(&1));
        // The second one asks for all others, whatever the answer is.
        assert!(answers[1..].iter().all(Result::is_err), "{answers:?}");
        assert_eq!(ask().await.ok(), Some(3), "who asks later asks anew");
    }
}
