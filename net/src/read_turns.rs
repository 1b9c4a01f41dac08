//! Turns at reading. A caller with many requests at the same time has some of them executed, and the others wait: connections to the
//! database and processors are left for everybody else. A caller whose answers are large has fewer of them executed, and so has one of
//! whom nothing is known yet.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::Context;
use telemetry::span::{SpanBuilder, SpanKind, Timestamp};
use tokio::sync::oneshot;

/// Reads of one caller that are executed at the same time: a wait costs a tenth of a small read, so most callers are not to wait.
const MOST: usize = 64;
/// Those of a caller who has large answers, or has had none yet: half the connections for reading that a service has to SQLite.
const MOST_LARGE: usize = 2;
/// From this many bytes on, an answer is large.
pub(crate) const LARGE: usize = 64 * 1024;
/// How long a caller has large answers after the last one.
const REMEMBERED: Duration = Duration::from_secs(10);
/// From this time on, a wait has a span: of many reads of one caller that take half a millisecond each, most wait for as long.
const SHOWN: Duration = Duration::from_millis(10);
/// From this number of callers on, those who do not read any more are forgotten, each time that the number has doubled.
const MANY: usize = 1_024;

/// Hands out turns. Clones share them.
pub struct ReadTurns<K: Clone + Eq + Hash>(Arc<Mutex<Callers<K>>>);

struct Callers<K: Clone + Eq + Hash> {
    by_key: HashMap<K, Caller<K>>,
    forget_at: usize,
}

struct Caller<K: Clone + Eq + Hash> {
    executed: usize,
    waiting: VecDeque<oneshot::Sender<ReadTurn<K>>>,
    answers: Answers,
}

/// What is known of a caller's answers.
enum Answers {
    Unknown,
    Small,
    Large { last: Instant },
}

/// A turn, until it is dropped.
#[must_use = "the turn ends when this is dropped"]
pub struct ReadTurn<K: Clone + Eq + Hash>(Option<(ReadTurns<K>, K)>);

impl<K: Clone + Eq + Hash> Clone for ReadTurns<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Clone + Eq + Hash> Default for ReadTurns<K> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Callers { by_key: HashMap::new(), forget_at: MANY })))
    }
}

impl<K: Clone + Eq + Hash> ReadTurns<K> {
    /// Waits for a turn of a caller, in the order of the requests. Who gives up waiting delays nobody. A long wait has a span.
    pub async fn take(self, key: K) -> ReadTurn<K> {
        loop {
            let given = match self.join(&key) {
                Ok(turn) => return turn,
                Err(given) => given,
            };
            let wait = Wait { started: Timestamp::now(), request: Context::current() };
            let given = given.await;
            drop(wait);
            // A turn that is given is not lost: dropping the receiver drops it.
            if let Ok(turn) = given {
                return turn;
            }
        }
    }

    /// Takes a turn, or joins those who wait for one.
    fn join(&self, key: &K) -> Result<ReadTurn<K>, oneshot::Receiver<ReadTurn<K>>> {
        let mut callers = self.callers();
        let caller = callers.of(key);
        if caller.waiting.is_empty() && caller.executed < caller.most(Instant::now()) {
            caller.executed += 1;
            return Ok(ReadTurn(Some((self.clone(), key.clone()))));
        }
        let (give, given) = oneshot::channel();
        caller.waiting.retain(|it| !it.is_closed());
        caller.waiting.push_back(give);
        Err(given)
    }

    /// Ends a turn, and gives turns to those who wait.
    fn end(&self, key: &K) {
        {
            let mut callers = self.callers();
            let Some(caller) = callers.by_key.get_mut(key) else { return };
            caller.executed = caller.executed.saturating_sub(1);
        }
        self.pass_on(key);
    }

    fn pass_on(&self, key: &K) {
        loop {
            let next = {
                let mut callers = self.callers();
                let Some(caller) = callers.by_key.get_mut(key) else { return };
                if caller.executed >= caller.most(Instant::now()) {
                    return;
                }
                let Some(next) = caller.waiting.pop_front() else { return };
                caller.executed += 1;
                next
            };
            if let Err(mut back) = next.send(ReadTurn(Some((self.clone(), key.clone())))) {
                back.0 = None;
                if let Some(caller) = self.callers().by_key.get_mut(key) {
                    caller.executed -= 1;
                }
            }
        }
    }

    fn callers(&self) -> MutexGuard<'_, Callers<K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> Callers<K> {
    fn of(&mut self, key: &K) -> &mut Caller<K> {
        if self.by_key.len() >= self.forget_at && !self.by_key.contains_key(key) {
            let now = Instant::now();
            self.by_key.retain(|_, it| it.executed > 0 || !it.waiting.is_empty() || it.has_large(now));
            self.forget_at = (2 * self.by_key.len()).max(MANY);
        }
        let new = || Caller { executed: 0, waiting: VecDeque::new(), answers: Answers::Unknown };
        self.by_key.entry(key.clone()).or_insert_with(new)
    }
}

impl<K: Clone + Eq + Hash> Caller<K> {
    /// How many reads are executed at the same time.
    fn most(&self, now: Instant) -> usize {
        match self.answers {
            Answers::Unknown => MOST_LARGE,
            Answers::Large { .. } if self.has_large(now) => MOST_LARGE,
            Answers::Small | Answers::Large { .. } => MOST,
        }
    }

    fn has_large(&self, now: Instant) -> bool {
        matches!(self.answers, Answers::Large { last } if now.saturating_duration_since(last) < REMEMBERED)
    }

    fn answered(&mut self, bytes: usize, now: Instant) {
        if bytes >= LARGE {
            self.answers = Answers::Large { last: now };
        } else if !self.has_large(now) {
            self.answers = Answers::Small;
        }
    }
}

/// A wait for a turn, until it is dropped.
struct Wait {
    started: Timestamp,
    request: Context,
}

impl Drop for Wait {
    fn drop(&mut self) {
        if self.started.elapsed() >= SHOWN {
            let span = SpanBuilder::new(SpanKind::Internal).child_of(std::mem::take(&mut self.request));
            span.started_at(self.started).start(|it| it.name("wait for turn")).end();
        }
    }
}

impl<K: Clone + Eq + Hash> ReadTurn<K> {
    /// Tells how large the answer is, by which the caller has more or fewer turns from now on.
    pub fn answered(&self, bytes: usize) {
        let Some((turns, key)) = &self.0 else { return };
        if let Some(caller) = turns.callers().by_key.get_mut(key) {
            caller.answered(bytes, Instant::now());
        }
    }
}

impl<K: Clone + Eq + Hash> Drop for ReadTurn<K> {
    fn drop(&mut self) {
        if let Some((turns, key)) = self.0.take() {
            turns.end(&key);
        }
    }
}

#[cfg(test)]
mod tests;
