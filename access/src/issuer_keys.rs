//! The keys of an issuer that is somewhere else: kept fresh, asked for again when a token names one that is not known, and
//! kept while the issuer is away, for as long as that takes.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use platform::clock::{Clock, Micros};
use tokio::sync::watch;

use crate::discovery::{Discovery, IssuerError};
use crate::keys::Key;
use crate::{Keys, Refusal, Unauthenticated};

/// How often an issuer is asked.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    /// Between an answer and the next question.
    pub(crate) refresh: Duration,
    /// After a question that was not answered.
    pub(crate) retry: Duration,
    /// Likewise, as long as no keys are known at all.
    pub(crate) first: Duration,
    /// At least, between two questions for keys that tokens name and that are not known.
    pub(crate) unknown: Duration,
    /// As long, a request waits for an answer.
    pub(crate) patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            refresh: Duration::from_mins(5),
            retry: Duration::from_secs(10),
            first: Duration::from_secs(1),
            unknown: Duration::from_secs(10),
            patience: Duration::from_secs(3),
        }
    }
}

/// An outage is logged as often at most.
const COMPLAIN: Duration = Duration::from_mins(1);

/// The keys; clones share them. The issuer is asked until the last one is dropped.
#[derive(Clone)]
pub(crate) struct IssuerKeys {
    shared: Arc<Shared>,
}

struct Shared {
    issuer: Discovery,
    pace: Pace,
    clock: Clock,
    known: watch::Sender<Known>,
    asking: Mutex<Asking>,
}

/// What the questions so far have brought.
#[derive(Clone, Default)]
struct Known {
    keys: Option<Arc<Keys>>,
    /// The last question was not answered.
    is_away: bool,
    /// Questions that have come to an end.
    ended: u64,
}

#[derive(Default)]
struct Asking {
    is_under_way: bool,
    /// When the last question for an unknown key was asked.
    for_unknown: Option<Micros>,
    complained: Option<Micros>,
}

/// A question under way.
struct Question {
    known: watch::Receiver<Known>,
    /// How many have ended when this one has.
    ended: u64,
    /// Somebody else asked it, maybe before the key at hand was published.
    is_joined: bool,
}

impl IssuerKeys {
    /// Begins to ask `issuer`.
    pub(crate) fn start(issuer: Discovery, pace: Pace, clock: Clock) -> Self {
        let (known, asking) = (watch::Sender::default(), Mutex::default());
        let shared = Arc::new(Shared { issuer, pace, clock, known, asking });
        let first = shared.ask_or_join(&mut shared.asking());
        tokio::spawn(keep_fresh(Arc::downgrade(&shared), first));
        Self { shared }
    }

    /// The keys that are known, if any ever were.
    pub(crate) fn now(&self) -> Option<Arc<Keys>> {
        self.shared.known.borrow().keys.clone()
    }

    /// The key of this id; when it is not known, the issuer is asked, once for all who wait, and seldom.
    pub(crate) async fn find(&self, id: &str) -> Result<Arc<Key>, Refusal> {
        loop {
            if let Some(key) = self.now().and_then(|it| it.find(id)) {
                return Ok(key);
            }
            let Some(question) = self.shared.ask_for_unknown() else { break };
            let is_joined = question.is_joined;
            let answered = tokio::time::timeout(self.shared.pace.patience, question.answered()).await;
            if answered.is_err() || !is_joined {
                break;
            }
        }
        let known = self.shared.known.borrow().clone();
        match known.keys.as_ref().map(|it| it.find(id)) {
            Some(Some(key)) => Ok(key),
            Some(None) if !known.is_away => Err(Unauthenticated::UnknownKey.into()),
            _ => Err(Refusal::IssuerAway),
        }
    }
}

impl Question {
    /// Waits for its end; false when there is nobody left to answer.
    async fn answered(mut self) -> bool {
        self.known.wait_for(|it| it.ended >= self.ended).await.is_ok()
    }
}

impl Shared {
    fn asking(&self) -> std::sync::MutexGuard<'_, Asking> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A question for a key that is not known: one that is under way, or a new one, if the last one is long enough ago.
    /// As long as no keys are known at all, the issuer is being asked anyway.
    fn ask_for_unknown(self: &Arc<Self>) -> Option<Question> {
        let mut asking = self.asking();
        if !asking.is_under_way {
            let now = self.clock.now();
            let is_too_soon = asking.for_unknown.is_some_and(|it| !has_passed(self.pace.unknown, it, now));
            if is_too_soon || self.known.borrow().keys.is_none() {
                return None;
            }
            asking.for_unknown = Some(now);
        }
        Some(self.ask_or_join(&mut asking))
    }

    /// The question goes on when whoever asked it goes away.
    fn ask_or_join(self: &Arc<Self>, asking: &mut Asking) -> Question {
        let is_joined = std::mem::replace(&mut asking.is_under_way, true);
        if !is_joined {
            let shared = self.clone();
            tokio::spawn(async move { shared.end_question(shared.issuer.keys().await) });
        }
        let known = self.known.subscribe();
        let ended = known.borrow().ended + 1;
        Question { known, ended, is_joined }
    }

    fn end_question(&self, answer: Result<Keys, IssuerError>) {
        let mut asking = self.asking();
        asking.is_under_way = false;
        self.log(&answer, &mut asking);
        self.known.send_modify(|known| {
            known.ended += 1;
            known.is_away = answer.is_err();
            if let Ok(keys) = answer {
                known.keys = Some(Arc::new(keys));
            }
        });
    }

    fn log(&self, answer: &Result<Keys, IssuerError>, asking: &mut Asking) {
        let before = self.known.borrow();
        let issuer = self.issuer.issuer().to_string();
        match answer {
            Ok(keys) if before.keys.as_ref().is_none_or(|it| !it.are(keys)) => {
                tracing::info!(issuer, keys = keys.len(), "new keys of the token issuer");
            }
            Ok(_) if before.is_away => tracing::info!(issuer, "the token issuer is back"),
            Ok(_) => {}
            Err(error) => {
                let now = self.clock.now();
                if asking.complained.is_none_or(|it| has_passed(COMPLAIN, it, now)) {
                    asking.complained = Some(now);
                    let keys = before.keys.as_ref().map_or(0, |it| it.len());
                    let error = error as &dyn std::error::Error;
                    tracing::warn!(
                        issuer,
                        keys,
                        error,
                        "the token issuer cannot be asked; its known keys go on"
                    );
                }
            }
        }
    }
}

/// Whether `time` has passed from `since` to `now`; a clock that was set back has let pass what it takes.
fn has_passed(time: Duration, since: Micros, now: Micros) -> bool {
    let passed = now.0.saturating_sub(since.0);
    passed < 0 || u128::from(passed.unsigned_abs()) >= time.as_micros()
}

/// Asks again and again, until nobody wants the keys any more.
async fn keep_fresh(shared: Weak<Shared>, first: Question) {
    let mut question = first;
    while question.answered().await {
        let Some(it) = shared.upgrade() else { return };
        let pause = match &*it.known.borrow() {
            Known { is_away: false, .. } => it.pace.refresh,
            Known { keys: Some(_), .. } => it.pace.retry,
            Known { keys: None, .. } => it.pace.first,
        };
        drop(it);
        tokio::time::sleep(pause).await;
        let Some(it) = shared.upgrade() else { return };
        question = it.ask_or_join(&mut it.asking());
    }
}

#[cfg(test)]
mod tests;
