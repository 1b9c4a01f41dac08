//! Turns at reading for the calls that users send to a service themselves. A caller with many calls at the same time has a few of
//! them executed, and the others wait, so connections to the database are left for everybody else. It also bounds how many answers
//! are made for a caller before it is known how large they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use telemetry::span::{SpanBuilder, SpanKind};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::Key;

/// Reads of one caller that are executed at the same time: half the connections for reading that a service has to SQLite.
const AT_ONCE: usize = 2;
/// From this number of callers on, those who do not call any more are forgotten, each time that the number has doubled.
const MANY: usize = 1_024;

#[derive(Default)]
pub(super) struct ReadTurns(Mutex<Callers>);

#[derive(Default)]
struct Callers {
    turns: HashMap<Key, Weak<Semaphore>>,
    forget_at: usize,
}

/// A turn, until it is dropped.
pub(super) struct ReadTurn(
    // `None` if the turns had ended, which they never do.
    #[expect(dead_code, reason = "it is held, not read")] Option<OwnedSemaphorePermit>,
);

impl ReadTurns {
    /// Waits for a turn of a caller, in the order of the calls. A call that gives up waiting delays nobody. A wait has a span.
    pub(super) fn take(&self, caller: &Key) -> impl Future<Output = ReadTurn> + Send + use<> {
        let turns = self.of(caller);
        async move {
            if let Ok(turn) = turns.clone().try_acquire_owned() {
                return ReadTurn(Some(turn));
            }
            let wait = SpanBuilder::new(SpanKind::Internal).start(|it| it.name("wait for turn"));
            let turn = turns.acquire_owned().await;
            wait.end();
            ReadTurn(turn.ok())
        }
    }

    fn of(&self, caller: &Key) -> Arc<Semaphore> {
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = callers.turns.get(caller).and_then(Weak::upgrade) {
            return turns;
        }
        if callers.turns.len() >= callers.forget_at.max(MANY) {
            callers.turns.retain(|_, it| it.strong_count() > 0);
            callers.forget_at = 2 * callers.turns.len();
        }
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        callers.turns.insert(caller.clone(), Arc::downgrade(&turns));
        turns
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_caller_has_two_turns_and_another_one_does_not_wait_for_them() {
        let (turns, ada, bob): (_, Key, Key) = (ReadTurns::default(), "ada".into(), "bob".into());
        let held = [turns.take(&ada).await, turns.take(&ada).await];
        let mut next = Box::pin(turns.take(&ada));
        assert!(next.as_mut().now_or_never().is_none());
        assert!(turns.take(&bob).now_or_never().is_some());
        drop(held);
        assert!(next.now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_call_that_waits_for_its_turn_shows_it_in_its_trace() {
        telemetry::testing::record_spans();
        let (turns, ada): (_, Key) = (ReadTurns::default(), "ada".into());
        let call = SpanBuilder::new(SpanKind::Server).start(|it| it.name("call"));
        let held = [call.run(turns.take(&ada)).await, turns.take(&ada).await];
        let mut next = Box::pin(call.run(turns.take(&ada)));
        assert!(next.as_mut().now_or_never().is_none());
        drop(held);
        drop(next.await);
        let spans = telemetry::testing::ended_spans(&call.span_context().trace_id().to_string());
        let names: Vec<_> = spans.iter().map(|it| (&*it.name, &*it.parent_id)).collect();
        assert_eq!(names, [("wait for turn", &*call.span_context().span_id().to_string())]);
    }

    #[tokio::test]
    async fn callers_that_do_not_call_any_more_are_forgotten() {
        let turns = ReadTurns::default();
        let ada = turns.take(&"ada".into()).await;
        for caller in 0..3 * MANY {
            drop(turns.take(&caller.to_string().into()).await);
        }
        assert!(turns.0.lock().unwrap().turns.len() <= MANY);
        drop((turns.take(&"ada".into()).await, ada));
        assert!(turns.of(&"ada".into()).try_acquire_many(2).is_ok());
    }
}
