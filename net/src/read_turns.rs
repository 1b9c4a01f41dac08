//! Turns at reading. A caller with many requests at the same time has some of them executed, and the others wait: connections to the
//! database and processors are left for everybody else. A caller whose answers are large has fewer of them executed, and so has one of
//! whom nothing is known yet; all callers whose answers are large share a [`Lane`].

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::Context;
use telemetry::span::{SpanBuilder, SpanKind, Timestamp};
use tokio::sync::oneshot;

use self::lane::Lane;

/// Reads of one caller that are executed at the same time: a wait costs a tenth of a small read, so most callers are not to wait.
const MOST: usize = 64;
/// Those of a caller who has large answers, or has had none yet: half the connections for reading that a service has to SQLite.
const MOST_LARGE: usize = 2;
/// From this many bytes on, an answer is large.
pub(crate) const LARGE: usize = 64 * 1024;
/// For how long after a large answer a small one does not count.
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
    lane: Lane<K>,
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
    Large { last: Instant, bytes: usize },
}

/// A turn, until it is dropped.
#[must_use = "the turn ends when this is dropped"]
pub struct ReadTurn<K: Clone + Eq + Hash>(Option<Given<K>>);

struct Given<K: Clone + Eq + Hash> {
    turns: ReadTurns<K>,
    key: K,
    /// What it takes of the lane.
    bytes: usize,
}

/// A request whose turn has come.
struct Next<K: Clone + Eq + Hash> {
    give: oneshot::Sender<ReadTurn<K>>,
    key: K,
    bytes: usize,
}

impl<K: Clone + Eq + Hash> Clone for ReadTurns<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Clone + Eq + Hash> Default for ReadTurns<K> {
    fn default() -> Self {
        Self::sharing(Lane::default())
    }
}

impl<K: Clone + Eq + Hash> ReadTurns<K> {
    fn sharing(lane: Lane<K>) -> Self {
        Self(Arc::new(Mutex::new(Callers { by_key: HashMap::new(), forget_at: MANY, lane })))
    }

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
        if let Some(bytes) = callers.execute_at_once(key) {
            return Ok(ReadTurn(Some(Given { turns: self.clone(), key: key.clone(), bytes })));
        }
        let (give, given) = oneshot::channel();
        callers.wait(key, give);
        Err(given)
    }

    /// Ends a turn, and gives turns to those who wait.
    fn end(&self, key: &K, bytes: usize) {
        self.callers().end(key, bytes);
        loop {
            let Some(Next { give, key, bytes }) = self.callers().next(key) else { return };
            let turn = ReadTurn(Some(Given { turns: self.clone(), key, bytes }));
            if let Err(mut back) = give.send(turn)
                && let Some(Given { key, bytes, .. }) = back.0.take()
            {
                self.callers().end(&key, bytes);
            }
        }
    }

    fn callers(&self) -> MutexGuard<'_, Callers<K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> Callers<K> {
    /// Executes a request unless it has to wait. The result are the bytes that it takes of the lane.
    fn execute_at_once(&mut self, key: &K) -> Option<usize> {
        self.forget(key);
        let caller = self.by_key.entry(key.clone()).or_default();
        if !caller.waiting.is_empty() || caller.executed >= caller.most() {
            return None;
        }
        let bytes = caller.expected();
        if bytes > 0 && (self.lane.is_awaited() || !self.lane.take(bytes)) {
            return None;
        }
        caller.executed += 1;
        Some(bytes)
    }

    /// Adds a request to those who wait.
    fn wait(&mut self, key: &K, give: oneshot::Sender<ReadTurn<K>>) {
        let Some(caller) = self.by_key.get_mut(key) else { return };
        caller.waiting.retain(|it| !it.is_closed());
        caller.waiting.push_back(give);
        if caller.executed < caller.most() {
            self.lane.wait(key);
        }
    }

    fn end(&mut self, key: &K, bytes: usize) {
        if let Some(caller) = self.by_key.get_mut(key) {
            caller.executed = caller.executed.saturating_sub(1);
        }
        self.lane.give_back(bytes);
    }

    /// Begins to execute a request that waits, now that one of a caller has ended.
    fn next(&mut self, ended: &K) -> Option<Next<K>> {
        if let Some(caller) = self.by_key.get_mut(ended).filter(|it| it.is_ready()) {
            if caller.expected() == 0 {
                return caller.execute(ended, 0);
            }
            self.lane.wait(ended);
        }
        while let Some(key) = self.lane.first().cloned() {
            let Some(caller) = self.by_key.get_mut(&key).filter(|it| it.is_ready()) else {
                self.lane.leave();
                continue;
            };
            let bytes = caller.expected();
            if !self.lane.take(bytes) {
                return None;
            }
            self.lane.leave();
            let next = caller.execute(&key, bytes);
            if caller.is_ready() {
                self.lane.wait(&key);
            }
            return next;
        }
        None
    }

    /// Forgets callers that do not read any more, if there are many.
    fn forget(&mut self, new: &K) {
        if self.by_key.len() >= self.forget_at && !self.by_key.contains_key(new) {
            let now = Instant::now();
            self.by_key
                .retain(|_, it| it.executed > 0 || !it.waiting.is_empty() || it.answers.are_large(now));
            self.forget_at = (2 * self.by_key.len()).max(MANY);
        }
    }
}

impl<K: Clone + Eq + Hash> Default for Caller<K> {
    fn default() -> Self {
        Self { executed: 0, waiting: VecDeque::new(), answers: Answers::Unknown }
    }
}

impl<K: Clone + Eq + Hash> Caller<K> {
    /// How many reads are executed at the same time.
    fn most(&self) -> usize {
        match self.answers {
            Answers::Unknown | Answers::Large { .. } => MOST_LARGE,
            Answers::Small => MOST,
        }
    }

    /// The bytes that the next read takes of the lane.
    fn expected(&self) -> usize {
        match self.answers {
            Answers::Unknown | Answers::Small => 0,
            Answers::Large { bytes, .. } => bytes,
        }
    }

    /// Whether a request waits, but not for the caller's own ones.
    fn is_ready(&self) -> bool {
        !self.waiting.is_empty() && self.executed < self.most()
    }

    fn execute(&mut self, key: &K, bytes: usize) -> Option<Next<K>> {
        let give = self.waiting.pop_front()?;
        self.executed += 1;
        Some(Next { give, key: key.clone(), bytes })
    }
}

impl Answers {
    fn are_large(&self, now: Instant) -> bool {
        matches!(self, Self::Large { last, .. } if now.saturating_duration_since(*last) < REMEMBERED)
    }

    /// After an answer. What is expected after a large answer falls slowly, so the size of the largest ones counts.
    fn after(&self, bytes: usize, now: Instant) -> Self {
        match *self {
            Self::Large { bytes: before, .. } if bytes >= LARGE => {
                Self::Large { last: now, bytes: bytes.max(before / 8 * 7) }
            }
            _ if bytes >= LARGE => Self::Large { last: now, bytes },
            Self::Large { last, bytes } if self.are_large(now) => Self::Large { last, bytes },
            _ => Self::Small,
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
        let Some(Given { turns, key, .. }) = &self.0 else { return };
        if let Some(caller) = turns.callers().by_key.get_mut(key) {
            caller.answers = caller.answers.after(bytes, Instant::now());
        }
    }

    /// Tells that the read was given up: its answer, which nobody has seen, may have been large.
    pub fn unanswered(&self) {
        let Some(Given { turns, key, .. }) = &self.0 else { return };
        if let Some(caller) = turns.callers().by_key.get_mut(key)
            && matches!(caller.answers, Answers::Small)
        {
            caller.answers = Answers::Unknown;
        }
    }
}

impl<K: Clone + Eq + Hash> Drop for ReadTurn<K> {
    fn drop(&mut self) {
        if let Some(Given { turns, key, bytes }) = self.0.take() {
            turns.end(&key, bytes);
        }
    }
}

mod lane;
#[cfg(test)]
mod tests;
